/** One JSON line per outcome: a constant message, data in fields (STYLE §8). */
export interface Logger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const jsonLines = (write: (line: string) => void): Logger => {
  const line = (level: string) => (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
    write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...plain(fields) })}\n`);
  return { info: line("info"), error: line("error") };
};

const plain = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? ofError(value) : value]));

const ofError = (error: Error): object => ({
  name: error.name,
  message: error.message,
  stack: error.stack,
  ...(error.cause instanceof Error ? { cause: ofError(error.cause) } : {}),
});
