import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { Progress } from "#api/cli/progress.ts";
import { Output } from "#api/cli/terminal.ts";

/** A terminal's standard error, and what was written to it. */
const terminal = () => {
  const written: string[] = [];
  const write = (text: string, _: unknown, done: () => void) => {
    written.push(text);
    done();
  };
  const stream = Object.assign(new Writable({ decodeStrings: false, write }), { isTTY: true, columns: 80 });
  const output = new Output({ stdout: stream, stderr: stream }, { program: "waybill", json: false, quiet: false, color: false });
  return { output, written };
};

describe("A progress bar", () => {
  it("has the line alone: of two works the first, then the other", () => {
    const { output, written } = terminal();
    const first = new Progress(output, "hashing", 10);
    const second = new Progress(output, "replaying", 10);
    second.advance(10);
    assert.ok(written.every((text) => text.includes("hashing")), written.join());
    first[Symbol.dispose]();
    second.advance(0);
    assert.match(written.at(-1) ?? "", /replaying .*100 %/);
    second[Symbol.dispose]();
    assert.equal(written.at(-1), "\r\u001b[K");
  });

  it("leaves the other's line as it is when it is over before", () => {
    const { output, written } = terminal();
    using first = new Progress(output, "hashing", 10);
    new Progress(output, "replaying", 10)[Symbol.dispose]();
    assert.equal(written.length, 1);
    first.advance(10);
    assert.equal(written.length, 2);
  });
});
