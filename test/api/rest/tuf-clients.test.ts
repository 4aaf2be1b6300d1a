import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Updater } from "tuf-js";
import type { RestServer } from "#test/support/rest.ts";
import { ask, serveRest } from "#test/support/rest.ts";
import { insertRepository, insertTarget, publishByHand } from "#test/support/tuf-by-hand.ts";

const content = (path: string): string => `content of ${path}`;
const withContent = (paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, content(path)]));

/** Names that all four clients fetch (tuf.md): every printable character that none of them spoils. */
const names = [
  "flat", "dir/file.bin", "a/b/c/d/deep", "with space.txt", " leading", "dir with space/x", "plus+and&eq=semi;colon:at@comma,", "(paren)[bracket]{brace}",
  "'single'", '"double"', "pipe|caret^tilde~star*", "less<more>", "`tick`!$", "ümläut/日本語", "emoji-😀", ".hidden", "dir/.hidden", "dots..in.name", "e\u0301 decomposed",
  `${"c".repeat(64)}.looks-hashed`,
];

describe("tuf-js", () => {
  let server: RestServer;
  let folder: string;
  let root: Buffer;
  before(async () => {
    server = await serveRest();
    folder = await mkdtemp(join(tmpdir(), "waybill-tuf-js-"));
    const delegated = { role: "team", targets: withContent(["team/one", "team/two (2)"]) };
    root = (await publishByHand(server, { repository: "demo", targets: withContent(names), delegated })).get("root") ?? Buffer.alloc(0);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const client = async (name: string, base = `${server.url}/tuf/demo`): Promise<Updater> => {
    const [metadataDir, targetDir] = [join(folder, name, "metadata"), join(folder, name, "targets")];
    for (const path of [metadataDir, targetDir]) mkdirSync(path, { recursive: true });
    await writeFile(join(metadataDir, "root.json"), root);
    return new Updater({ metadataDir, targetDir, metadataBaseUrl: `${base}/metadata`, targetBaseUrl: `${base}/targets` });
  };

  it("refreshes, and finds and downloads every name that a target may have", async () => {
    const updater = await client("cold");
    await updater.refresh();
    for (const [index, path] of [...names, "team/one", "team/two (2)"].entries()) {
      const target = await updater.getTargetInfo(path);
      assert.ok(target, path);
      const file = await updater.downloadTarget(target, join(folder, String(index)));
      assert.equal(await readFile(file, "utf8"), content(path));
    }
    assert.deepEqual(server.failures, []);
  });

  it("refreshes warm", async () => {
    await (await client("warm")).refresh();
    await (await client("warm")).refresh();
  });

  it("takes a base URL with a trailing slash", async () => {
    const updater = await client("slash", `${server.url}/tuf/demo`);
    await updater.refresh();
    const target = await updater.getTargetInfo("flat");
    assert.ok(target);
    assert.equal(await readFile(await updater.downloadTarget(target, join(folder, "slash-flat"), `${server.url}/tuf/demo/targets/`), "utf8"), content("flat"));
  });
});

const repository = "spelled";
const odd = "dir/(a) [b]{c} 'd' \"e\" |f^ ~g* <h> +&=;:@, ü";

const escapeBytes = (text: string): string => Buffer.from(text).toString("hex").replace(/../g, "%$&");

/** How the four clients write one and the same path; `HASH` stands for the digest. */
const spellings: Readonly<Record<string, string>> = {
  "python-tuf": "dir/HASH.%28a%29%20%5Bb%5D%7Bc%7D%20%27d%27%20%22e%22%20%7Cf%5E%20~g%2A%20%3Ch%3E%20%2B%26%3D%3B%3A%40%2C%20%C3%BC",
  "go-tuf": "dir/HASH.%28a%29%20%5Bb%5D%7Bc%7D%20%27d%27%20%22e%22%20%7Cf%5E%20~g%2A%20%3Ch%3E%20+&=;:@,%20%C3%BC",
  "tuf-js": "dir/HASH.(a)%20[b]%7Bc%7D%20'd'%20%22e%22%20|f^%20~g*%20%3Ch%3E%20+&=;:@,%20%C3%BC",
  "tough": "HASH.dir/(a)%20[b]%7Bc%7D%20'd'%20%22e%22%20|f^%20~g*%20%3Ch%3E%20+&=;:@,%20%C3%BC",
  "a client that encodes every character": `dir/HASH.${escapeBytes(odd.slice("dir/".length))}`,
  "a client that encodes the slash": "dir%2FHASH.%28a%29%20%5Bb%5D%7Bc%7D%20%27d%27%20%22e%22%20%7Cf%5E%20~g%2A%20%3Ch%3E%20%2B%26%3D%3B%3A%40%2C%20%C3%BC",
};

describe("one name in the spelling of each client", () => {
  let server: RestServer;
  before(async () => {
    server = await serveRest();
    await insertRepository(server, repository, 0);
    await insertTarget(server, { repository, path: odd, content: content(odd) });
  });
  after(() => server[Symbol.asyncDispose]());

  for (const [client, path] of Object.entries(spellings))
    it(`is found as ${client} writes it`, async () => {
      const { status, body } = await ask(server.port, `/tuf/${repository}/targets/${path.replace("HASH", hash("sha256", content(odd)))}`);
      assert.deepEqual([status, body.toString()], [200, content(odd)]);
    });
});
