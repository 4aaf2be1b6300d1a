import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { Output } from "#api/cli/terminal.ts";

/** An output, and the lines that it wrote; in colours, as terminals are told. */
export const outputOn = (columns?: number, { json = false } = {}) => {
  let [stdout, stderr] = ["", ""];
  const stream = (take: (text: string) => void) =>
    Object.assign(new Writable({ decodeStrings: false, write: (chunk: string, _encoding, done) => (take(chunk), done()) }), columns === undefined ? {} : { isTTY: true, columns });
  const terminal = { stdout: stream((text) => (stdout += text)), stderr: stream((text) => (stderr += text)) };
  return {
    output: new Output(terminal, { program: "waybill", json, quiet: false, color: true }),
    lines: () => linesOf(stdout),
    notes: () => linesOf(stderr),
  };
};

const linesOf = (text: string): string[] => stripVTControlCharacters(text).split("\n").slice(0, -1);
