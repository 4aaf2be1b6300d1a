import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { readDebianIndex } from "#api/cli/import/debian-index.ts";
import { IndexError } from "#api/cli/import/index-error.ts";
import type { PackageEntry } from "#api/cli/import/package-entry.ts";

const fixture = () => readFile("test/api/cli/import/fixtures/Packages", "utf8");

/** As chunks of this size, to cut lines and characters anywhere. */
const read = async (text: string | Buffer, chunk = 7): Promise<Omit<PackageEntry, "line">[]> => {
  const bytes = Buffer.from(text);
  const chunks = async function* () {
    for (let start = 0; start < bytes.length; start += chunk) yield bytes.subarray(start, start + chunk);
  };
  const entries = [];
  for await (const group of readDebianIndex("Packages", chunks())) entries.push(...group);
  return entries.map(({ target, version }) => ({ target, version }));
};

const fails = async (text: string | Buffer, line: number, problem: RegExp): Promise<void> => {
  await assert.rejects(read(text), (error) => {
    assert.ok(error instanceof IndexError, String(error));
    assert.match(error.message, new RegExp(`^Packages, line ${line}: `));
    assert.match(error.message, problem);
    return true;
  });
};

describe("reading a Debian package index", () => {
  it("gives a target and a version with its dependencies for each entry, once", async () => {
    assert.deepEqual(await read(await fixture()), [
      {
        target: {
          path: "pool/main/b/bash/bash_5.2.15-2+b7_amd64.deb",
          length: 1_490_892,
          sha256: "d40fa9ba9a8ee13c6bfd5a9d4d7a8f0f2c2ad1fba9d55c2a9ab5e36e52e0f2aa",
        },
        version: {
          key: "pkg:deb/debian/bash@5.2.15-2%2Bb7?arch=amd64",
          dependencies: [
            { relation: "Depends", requirement: "base-files (>= 2.1.12)" },
            { relation: "Depends", requirement: "debianutils (>= 5.6-0.1)" },
            { relation: "Pre-Depends", requirement: "libc6 (>= 2.36)" },
            { relation: "Pre-Depends", requirement: "libtinfo6 (>= 6)" },
          ],
          integrity: "sha256:d40fa9ba9a8ee13c6bfd5a9d4d7a8f0f2c2ad1fba9d55c2a9ab5e36e52e0f2aa",
        },
      },
      {
        target: {
          path: "pool/main/g/gcc-12/libstdc++6_12.2.0-14_amd64.deb",
          length: 0,
          sha256: "d40fa9ba9a8ee13c6bfd5a9d4d7a8f0f2c2ad1fba9d55c2a9ab5e36e52e0f2ab",
        },
        version: {
          key: "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14~deb12u1?arch=amd64",
          dependencies: [
            { relation: "Depends", requirement: "gcc-12-base (= 12.2.0-14)" },
            { relation: "Depends", requirement: "libc6 (>= 2.36) | libc6.1" },
            { relation: "Depends", requirement: "libgcc-s1 (>= 4.2)" },
          ],
          integrity: "sha256:d40fa9ba9a8ee13c6bfd5a9d4d7a8f0f2c2ad1fba9d55c2a9ab5e36e52e0f2ab",
        },
      },
    ]);
  });

  it("reads the same however it is cut into chunks, and with CRLF", async () => {
    const text = await fixture();
    const whole = await read(text, text.length);
    for (const chunk of [1, 2, 3, 64]) assert.deepEqual(await read(text, chunk), whole);
    assert.deepEqual(await read(text.replaceAll("\n", "\r\n")), whole);
  });

  it("takes an empty file for an empty index", async () => {
    assert.deepEqual(await read(""), []);
    assert.deepEqual(await read("\n\n \n"), []);
  });

  for (const name of ["Package", "Version", "Architecture", "Filename", "Size", "SHA256"])
    it(`names the stanza that has no ${name}`, async () => {
      const without = (await fixture()).replace(new RegExp(`^${name}: .*\n`, "m"), "");
      await fails(without, 16, new RegExp(`the stanza.* from line 1 ends here without ${name}`));
    });

  for (const [field, value, problem] of [
    ["Size", "-1", /Size must be a whole number of bytes, not "-1"/],
    ["Size", "1.5", /Size must be a whole number/],
    ["Size", "12 KB", /Size must be a whole number/],
    ["Size", "", /Size must be a whole number/],
    ["SHA256", "d40f", /SHA256 must be the 64 hex digits/],
    ["SHA256", "x".repeat(64), /SHA256 must be the 64 hex digits/],
    ["Filename", "/etc/passwd", /must not start with \//],
    ["Filename", "../../etc/passwd", /must not contain \. or \.\./],
    ["Filename", "pool/a%3ab.deb", /must not contain any of/],
    ["Version", "1 2", /Version must be a version without blanks/],
  ] as const)
    it(`names the line where ${field} is ${JSON.stringify(value)}`, async () => {
      const text = await fixture();
      const line = text.split("\n").findIndex((one) => one.startsWith(`${field}:`)) + 1;
      await fails(text.replace(new RegExp(`^${field}: .*$`, "m"), `${field}: ${value}`), line, problem);
    });

  it("names the line in which the file was cut off", async () => {
    const text = await fixture();
    const cut = text.slice(0, text.indexOf("Size: 0") + 4);
    await fails(cut, cut.split("\n").length, /the file ends in the middle of this line/);
    const atLine = text.slice(0, text.indexOf("Size: 0"));
    await fails(atLine, atLine.split("\n").length - 1, /of package "libstdc\+\+6" from line 19 ends here without SHA256/);
  });

  it("names lines that are no control file's", async () => {
    await fails("<!DOCTYPE html>\n", 1, /neither a field/);
    await fails("Package: a\nnonsense\n", 2, /neither a field/);
    await fails(" folded\n", 1, /a continued line without a field before it/);
    await fails("Package: a\nSize: 1\nsize: 2\n", 3, /Size comes twice/);
    await fails(Buffer.concat([Buffer.from("Package: a\nVersion: "), Buffer.from([0xff, 0xfe, 10])]), 2, /not UTF-8/);
  });

  it("lets nobody say two things about one file or one version", async () => {
    const text = await fixture();
    await fails(
      text.replace(/Size: 1490892\nSHA256: (.*)\n$/, "Size: 1490893\nSHA256: $1\n"),
      31,
      /bash_5\.2.* has another size or SHA256 than in line 1$/,
    );
    const moved = text.replace(/(.*)pool(.*)\nSize: 1490892\nSHA256: (.*)\n$/, "$1elsewhere$2\nSize: 1490893\nSHA256: $3\n");
    await fails(moved, 31, /pkg:deb\/debian\/bash@.* has another size or SHA256/);
  });

  it("reads back whatever stanzas were written", async () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9.+~-]{0,20}$/);
    const stanza = fc.record({
      name: word,
      version: word,
      length: fc.nat(),
      sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
      depends: fc.array(word, { maxLength: 5 }),
      noise: fc.stringMatching(/^[^\r\n]{0,40}$/u),
    });
    const written = fc.uniqueArray(stanza, { selector: ({ name }) => name, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(written, fc.integer({ min: 1, max: 200 }), async (stanzas, chunk) => {
        const text = stanzas.map(
          ({ name, version, length, sha256, depends, noise }) =>
            `Package: ${name}\nVersion: ${version}\nArchitecture: all\nNoise: ${noise}\n ${noise || "."}x\nDepends: ${depends.join(",\n ")}\nFilename: pool/${name}.deb\nSize: ${length}\nSHA256: ${sha256}\n`,
        );
        const entries = await read(text.join("\n"), chunk);
        assert.deepEqual(
          entries.map(({ target, version }) => ({
            target,
            integrity: version.integrity,
            depends: version.dependencies.map(({ requirement }) => requirement),
          })),
          stanzas.map(({ name, length, sha256, depends }) => ({
            target: { path: `pool/${name}.deb`, length, sha256 },
            integrity: `sha256:${sha256}`,
            depends,
          })),
        );
      }),
      { numRuns: 60 },
    );
  });
});
