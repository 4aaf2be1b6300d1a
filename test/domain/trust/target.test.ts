import assert from "node:assert/strict";
import { OfferedTarget } from "#domain/trust/target.ts";

const target = (changes: object) => ({ path: "a", length: 0, hashes: { sha256: "0".repeat(64) }, ...changes });
const parsed = (json: string): unknown => JSON.parse(json);
const accepted = (changes: object) => OfferedTarget.safeParse(target(changes)).success;

describe("an offered target", () => {
  for (const path of ["a", "1", "dir/name_1.0~rc1+b2_amd64.deb", "with space", ".hidden", "a+b&c=d;e:f@g,h(i)[j]{k}'l\"m|n^o~p*q<r>", "漢字！", "constructor.js", "a/toString"])
    it(`may be called ${JSON.stringify(path)}`, () => assert.ok(accepted({ path })));

  for (const path of ["", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", "a\\b", "a?b", "a#b", "a%41", "a\nb", "a\u007f", "a\u0085", "\ud800", "😀", "constructor", "__proto__", "x".repeat(1025)])
    it(`may not be called ${JSON.stringify(path.slice(0, 20))}`, () => assert.ok(!accepted({ path })));

  for (const [what, changes] of [
    ["a fraction as length", { length: 0.5 }],
    ["a negative length", { length: -1 }],
    ["a length beyond 2^53-1", { length: 2 ** 53 }],
    ["an empty hash", { hashes: { sha256: "" } }],
    ["upper-case hex", { hashes: { sha256: "A".repeat(64) } }],
    ["sha512 beside sha256", { hashes: { sha256: "0".repeat(64), sha512: "0".repeat(128) } }],
    ["empty custom fields", { custom: {} }],
    ["custom fields with a fraction", { custom: { a: [{ b: 0.1 }] } }],
    ["custom fields with a lone surrogate", { custom: { a: "\udfff" } }],
    ["custom fields whose names tuf-js orders otherwise", { custom: { a: { "😀": 1 } } }],
    ["more custom fields than a bin has room for", { custom: { a: "x".repeat(4096) } }],
    ["custom fields nested over 64 levels", { custom: { a: Array.from({ length: 70 }).reduce((inner) => [inner], 1) } }],
    ["custom fields nested without end", { custom: { a: parsed("[".repeat(50_000) + "]".repeat(50_000)) } }],
    ["a custom field that readers of JSON lose", { custom: parsed('{"a":{"__proto__":1}}') }],
    ["custom fields that are none", { custom: [1] }],
    ["an unknown field", { size: 1 }],
  ] as const)
    it(`may not have ${what}`, () => assert.ok(!accepted(changes)));

  it("may have custom fields of every kind of JSON", () => assert.ok(accepted({ custom: { a: [null, true, -1, "😀\n", { b: [] }] } })));
});
