/**
 * One owner at a time for a name, across all processes. A lease says who should; it stops nobody: an owner that slept through
 * its end finds out later. So whoever writes under a lease passes its token to the store, and the store refuses a lower one.
 */
export interface Leases {
  /**
   * The token of a new lease; null while another owner holds it. Whoever asks under the owner's own name gets it at once, with a
   * new token. Tokens of a name grow strictly, also when the store has forgotten them, as long as its clock does not go back; the
   * token is also higher than `above`. Who has a store that refuses lower tokens asks for one above the highest it has seen, and
   * no clock matters. Throws `Unavailable`; then nobody knows whether the lease was given.
   */
  acquire(name: string, owner: string, lifetimeMs: number, above?: number): Promise<number | null>;

  /** Another lifetime from now; false where the lease has run out, was given back or is another's by now. Throws `Unavailable`. */
  renew(name: string, token: number, lifetimeMs: number): Promise<boolean>;

  /** Lets another have it at once; nothing where it is another's by now. Throws `Unavailable`. */
  release(name: string, token: number): Promise<void>;

  /** Which of these names are held now, by anybody. Throws `Unavailable`. */
  held(names: readonly string[]): Promise<ReadonlySet<string>>;
}
