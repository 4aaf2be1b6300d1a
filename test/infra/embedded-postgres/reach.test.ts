import assert from "node:assert/strict";
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { nobody } from "#infra/embedded-postgres/machine.ts";
import { barrier, readable } from "#infra/embedded-postgres/reach.ts";
import { temporary } from "#test/support/embedded-postgres/folders.ts";

const nested = (mode: number) => {
  const outer = join(temporary(), "outer");
  mkdirSync(join(outer, "inner"), { recursive: true });
  chmodSync(join(outer, "inner"), 0o755);
  chmodSync(outer, mode);
  return { outer, inner: join(outer, "inner") };
};

describe("who may enter a folder", () => {
  it("names the outermost folder that bars the way", () => {
    const { outer, inner } = nested(0o700);
    assert.equal(barrier(inner, nobody), outer);
  });

  it("needs the right to enter, not to list", () => {
    const { inner } = nested(0o711);
    assert.equal(barrier(inner, nobody), null);
    assert.equal(readable(join(inner, ".."), nobody), false);
  });

  it("asks for the owner's, the group's or the others' right, whichever is meant", () => {
    const { outer, inner } = nested(0o701);
    const { uid, gid } = statSync(outer);
    assert.equal(barrier(inner, { uid, gid: gid + 1 }), null);
    assert.equal(barrier(inner, { uid: uid + 1, gid }), outer);
    assert.equal(barrier(inner, { uid: uid + 1, gid: gid + 1 }), null);
  });
});
