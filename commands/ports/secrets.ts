/** Secrets that others share with us, encrypted where they lie; the log knows their ids alone. All throw `Unavailable`. */
export interface Secrets {
  /** Keeps it, and it survives a power cut; false where there is one under this id already, which stays. */
  keep(id: string, secret: string): Promise<boolean>;
  read(id: string): Promise<string | null>;
  /** It is gone for good; nothing where there is none. */
  forget(id: string): Promise<void>;
}
