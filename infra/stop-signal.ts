/** SIGINT and SIGTERM ask for an orderly stop; whoever asks three times gets a disorderly one. */
export const stopSignal = (): { readonly received: Promise<NodeJS.Signals> } => {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let asked = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (++asked === 3) process.exit(130);
      resolve(signal);
    });
  return { received: promise };
};
