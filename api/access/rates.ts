/** So many of something for each subject: a bucket of tokens, which fills up again evenly. */
export interface Limiter {
  /** Takes one; seconds until there is one again, where there is none: 0 where there was. */
  readonly take: (subject: string) => Promise<number>;
  /** The same without taking it. */
  readonly look: (subject: string) => Promise<number>;
}

/** What is limited; absent: not at all. */
export interface Rates {
  /** Requests by one token, or by one address without a valid token. */
  readonly requests?: Limiter | undefined;
  /** Tokens that are not valid, by one address. */
  readonly failures?: Limiter | undefined;
  /** TUF files, by one address. */
  readonly files?: Limiter | undefined;
}
