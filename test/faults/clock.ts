/** Milliseconds of the machine's monotonic clock: the same clock in every process, and nobody sets it. */
export const now = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
