/** npm passes on a Ctrl-C that the terminal has sent to both: what comes this soon is the same one. */
const echoMs = 500;

/** SIGINT and SIGTERM ask for an orderly stop; a second one ends the process at once, with the exit code of a killed one. */
export const stopSignal = (): { readonly received: Promise<NodeJS.Signals> } => {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let first: number | undefined;
  for (const [signal, number] of [["SIGINT", 2], ["SIGTERM", 15]] as const)
    process.on(signal, () => {
      first ??= performance.now();
      if (performance.now() - first > echoMs) process.exit(128 + number);
      resolve(signal);
    });
  return { received: promise };
};
