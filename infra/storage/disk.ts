import { Unavailable } from "#domain/kernel/errors.ts";

/** The outcome of work on the disk of the blobs; what the operating system refuses (ENOSPC, EIO, EACCES …) is `Unavailable`. */
export const onDisk = async <Value>(work: Promise<Value>): Promise<Value> => {
  try {
    return await work;
  } catch (cause) {
    throw errnoOf(cause) === undefined ? cause : new Unavailable("blobs", { cause });
  }
};

export const isMissing = (error: unknown): boolean => errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR";

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && "syscall" in error && "code" in error ? String(error.code) : undefined;
