import { relative } from "node:path";
import process from "node:process";
import { adminTokenFile } from "./admin-token.ts";
import { type Config, roles } from "./config.ts";
import { version } from "./version.ts";

interface Started {
  readonly url: string;
  /** How long it took. */
  readonly ms: number;
}

/** What a person reads on the terminal when the process is ready. */
export const greeting = (config: Config, { url, ms }: Started): string => {
  const { WAYBILL_ROLE: role, WAYBILL_DATA } = config;
  const folder = relative(process.cwd(), WAYBILL_DATA) || ".";
  const alone = role.length === roles.length;
  const lines = [
    ...(role.includes("api") ? forPeople(url, folder) : [["Health", `${url}/readyz`]]),
    ...(alone ? [["Next", "npx waybill init demo   (in a second terminal)"]] : [["Log", config.LOG_ENGINE]]),
  ];
  return [
    `Waybill ${version} is ready after ${(ms / 1000).toFixed(1)} s${alone ? "" : `, as ${role.join(", ")}`}.`,
    "",
    ...lines.map(([name = "", value]) => `  ${name.padEnd(10)}  ${value}`),
    "",
    `Ctrl-C stops it; ${alone ? `everything stays in ${folder}` : "others of its role take over"}.`,
    "",
  ].join("\n");
};

const forPeople = (url: string, folder: string): string[][] => [
  ["GraphiQL", `${url}/graphql`],
  ["Token", `${adminTokenFile(folder)}   (the local CLI finds it)`],
];
