import type { Service } from "./service.ts";

const header = ["service", "state", "pid", "port", "up since", "memory"];

/** For people: one line for each. */
export const table = (services: readonly Service[]): string => {
  const rows = [header, ...services.map(row)];
  const widths = header.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()).join("\n");
};

export const json = (services: readonly Service[]): string => JSON.stringify(services.map((service) => ({ name: service.name, port: service.port, ...service.state() })));

const row = (service: Service): string[] => {
  const { state, pid, since, megabytes } = service.state();
  return [service.name, state, String(pid ?? "-"), String(service.port), since?.replace("T", " ").slice(0, 19) ?? "-", megabytes === null ? "-" : `${megabytes} MB`];
};
