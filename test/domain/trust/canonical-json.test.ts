import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { z } from "zod";
import { byCodePoint, canonicalJson, keyidOf } from "#domain/trust/canonical-json.ts";

const Cases = z.array(z.strictObject({ rule: z.string(), json: z.string(), canonical: z.string() }));
const golden = Cases.parse(JSON.parse(readFileSync(new URL("../../golden/trust/canonical-json.json", import.meta.url), "utf8")));

/** JSON values that TUF can sign. */
const signable = fc.jsonValue({ stringUnit: "binary" }).map((value): unknown =>
  JSON.parse(JSON.stringify(value), (_, member: unknown) => (typeof member === "number" ? Math.trunc(member % 2 ** 40) + 0 : member)),
);

describe("canonical JSON", () => {
  for (const { rule, json, canonical } of golden) it(rule, () => assert.equal(canonicalJson(JSON.parse(json)), canonical));

  for (const [what, value] of [
    ["a fraction", 0.5],
    ["an integer beyond 2^53-1", 2 ** 53],
    ["NaN", Number.NaN],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a name", { "\udc00": 1 }],
    ["undefined", { a: undefined }],
    ["a bigint", 1n],
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["nesting over 64 levels", Array.from({ length: 65 }).reduce((inner) => [inner], 1)],
  ] as const)
    it(`refuses ${what}`, () => assert.throws(() => canonicalJson(value), TypeError));

  it("gives the same text again for what was read from it, where that is JSON", () =>
    fc.assert(
      fc.property(signable, (value) => {
        const text = canonicalJson(value);
        // Raw control characters make it no JSON; no other character does.
        // oxlint-disable-next-line no-control-regex
        const json = text.replaceAll(/[\u0000-\u001f]/g, (control) => JSON.stringify(control).slice(1, -1));
        assert.deepEqual(canonicalJson(JSON.parse(json)), text);
        assert.deepEqual(JSON.parse(json), value);
      }),
    ));

  it("orders strings as their UTF-8 bytes are ordered", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) =>
        assert.equal(Math.sign(byCodePoint(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b))),
      ),
    ));

  it("gives keyids that python-tuf, go-tuf, tuf-js and tough give", () =>
    // What securesystemslib 1.6.0 computes.
    assert.equal(
      keyidOf({ keytype: "ed25519", scheme: "ed25519", keyval: { public: "edcd0a32a07dce33f7c7873aaffbff36d20ea30787574ead335eefd337e4dacd" } }),
      "2345a90ad8d76f3677f9ad6695b0ba0b5c7b7fbf27fb0ed35fbdf7b71264a679",
    ));
});
