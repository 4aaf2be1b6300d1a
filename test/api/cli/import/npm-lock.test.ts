import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { IndexError } from "#api/cli/import/index-error.ts";
import { readNpmLock } from "#api/cli/import/npm-lock.ts";

const fixture = () => readFile("test/api/cli/import/fixtures/package-lock.json", "utf8");
const fails = (text: string, problem: RegExp): void =>
  assert.throws(
    () => readNpmLock("lock", text),
    (error) => error instanceof IndexError && problem.test(error.message),
  );

const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages });

describe("reading an npm lock", () => {
  it("gives each version once with its dependencies and integrity, and no target", async () => {
    assert.deepEqual(readNpmLock("lock", await fixture()), [
      {
        target: null,
        version: {
          key: "pkg:npm/%40scope/name@1.2.3",
          dependencies: [
            { relation: "dependencies", requirement: "left-pad@1.x", resolved: "pkg:npm/left-pad@1.3.0" },
            { relation: "optionalDependencies", requirement: "fsevents@~2.3.2" },
            { relation: "peerDependencies", requirement: "react@>=18" },
          ],
          integrity: "sha512-AAAA",
        },
      },
      { target: null, version: { key: "pkg:npm/left-pad@1.3.0", dependencies: [], integrity: "sha512-BBBB" } },
      { target: null, version: { key: "pkg:npm/real@2.0.0-beta%2B5", dependencies: [], integrity: "sha512-CCCC" } },
    ]);
  });

  it("tells which version each dependency gets: that of the nearest folder upwards, and of each folder that the asking version lies in", () => {
    const asks = { version: "1.0.0", integrity: "sha512-A", dependencies: { b: "*", own: "*" }, peerDependencies: { gone: "*" } };
    const text = lock({
      "": {},
      "packages/own": { version: "0.1.0" },
      "node_modules/own": { resolved: "packages/own", link: true },
      "node_modules/@s/a": asks,
      "node_modules/b": { version: "1.0.0" },
      "node_modules/c": { version: "1.0.0" },
      "node_modules/c/node_modules/@s/a": asks,
      "node_modules/c/node_modules/b": { version: "2.0.0", name: "forked" },
    });
    const [a] = readNpmLock("lock", text).map(({ version }) => version);
    assert.deepEqual([a?.key, a?.dependencies.map(({ requirement, resolved }) => [requirement, resolved])], [
      "pkg:npm/%40s/a@1.0.0",
      [
        ["b@*", "pkg:npm/b@1.0.0"],
        ["own@*", undefined],
        ["gone@*", undefined],
        ["b@*", "pkg:npm/forked@2.0.0"],
      ],
    ]);
  });

  it("reads this project's own", async () => {
    const entries = readNpmLock("lock", await readFile("package-lock.json", "utf8"));
    assert.ok(entries.some(({ version }) => version.key.startsWith("pkg:npm/graphql@16.")));
  });

  it("names what is wrong, and where", async () => {
    const text = await fixture();
    fails(text.slice(0, text.indexOf('"react"')), /^lock, line 13: this is no JSON/);
    fails(text.replace('"1.2.3",', '"1.2.3"'), /^lock, line 10: this is no JSON/);
    fails(text.replace('"lockfileVersion": 3', '"lockfileVersion": oops'), /^lock, line 3: this is no JSON/);
    fails(text.replace('"lockfileVersion": 3', '"lockfileVersion": 1'), /too old; make it new with: npm install --package-lock-only/);
    fails(text.replace('"lockfileVersion": 3', '"lockfileVersion": 9'), /newer than this program knows/);
    fails(text.replace('"version": "1.2.3"', '"version": 123'), /"packages"\."node_modules\/@scope\/name"\."version"/);
    fails(text.replace('"version": "1.2.3",', ""), /packages\["node_modules\/@scope\/name"\] has no version/);
    fails(text.replace('"inBundle": true', '"integrity": "sha512-OTHER"'), /another integrity than an earlier pkg:npm\/left-pad@1\.3\.0/);
    fails('{"packages": []}', /this is no npm lock/);
  });
});
