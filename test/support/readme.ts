import { readFileSync } from "node:fs";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The commands of each block of shell lines in README.md, in order, without their comments. */
export const readmeCommands: readonly (readonly string[])[] = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) =>
  block
    .split("\n")
    .map((line) => line.replace(/ +# .*$/, "").trim())
    .filter((line) => line !== ""),
);
