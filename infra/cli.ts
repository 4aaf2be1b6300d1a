import type { Catalog } from "#api/cli/catalog.ts";
import { run } from "#api/cli/run.ts";

const interrupted = new AbortController();

/** The first Ctrl-C lets the command end by itself; a second one, or three seconds, do not wait for it. */
const interrupt = () => {
  if (interrupted.signal.aborted) process.exit(130);
  interrupted.abort();
  setTimeout(() => process.exit(130), 3000).unref();
};
const signals = ["SIGINT", "SIGTERM"] as const;
for (const signal of signals) process.on(signal, interrupt);

/** A server has its own way to end. */
const server: Catalog = [
  {
    title: "Server",
    entries: [
      {
        name: "serve",
        summary: "run the server: everything in this process, or some roles of many",
        load: async () => (await import("./serve-command.ts")).serveCommand(() => signals.forEach((signal) => process.off(signal, interrupt))),
      },
    ],
  },
];

// A reader that has seen enough (`waybill events | head`) is no error.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1);
  });

process.exitCode = await run(process.argv.slice(2), {
  terminal: { stdout: process.stdout, stderr: process.stderr },
  config: async () => (await import("./config.ts")).cliConfig(),
  signal: interrupted.signal,
  more: server,
});
