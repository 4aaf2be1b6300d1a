import assert from "node:assert/strict";
import { table } from "#api/cli/table.ts";
import { outputOn } from "./support/output.ts";

const key = `sha256:${"0a".repeat(32)}`;
const line = (paint: (text: string) => string) => `  ${paint(`+ ${key} published-in repository/demo (trust:demo)`)}`;

describe("What a command says", () => {
  it("goes on below where a terminal's line ends, between words and a little further right", async () => {
    const { output, lines } = outputOn(80);
    await output.result({}, () => [line(output.green), "short"]);
    assert.deepEqual(lines(), [`  + ${key}`, "      published-in repository/demo (trust:demo)", "short"]);
  });

  it("is one line each where it does not go to a terminal, and to programs that ask for JSON", async () => {
    const file = outputOn();
    await file.output.result({}, () => line(file.output.green));
    assert.equal(file.lines().length, 1);
    const json = outputOn(80, { json: true });
    await json.output.result({ key, text: "some words ".repeat(20) }, () => "");
    assert.equal(json.lines().length, 1);
  });

  it("leaves a word whole that is wider than the terminal", async () => {
    const { output, lines } = outputOn(40);
    await output.result({}, () => key);
    assert.deepEqual(lines(), [key]);
  });

  it("folds remarks, too", () => {
    const { output, notes } = outputOn(30);
    output.note("no past event fits this filter: is it what you mean?");
    assert.deepEqual(notes(), ["no past event fits this", "filter: is it what you mean?"]);
  });

  it("shows of a table's last column below what does not fit beside the others", () => {
    const rows = [["a", "1"], ["b", "something longer"]];
    assert.deepEqual(table([{ title: "NAME" }, { title: "ANSWER" }], rows, 16), ["NAME  ANSWER", "a     1", "b", "    something longer"]);
  });
});
