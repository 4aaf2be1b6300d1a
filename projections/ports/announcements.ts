/** A read model that the process which runs it has brought forward. */
export interface Move {
  readonly name: string;
  readonly generation: number;
  readonly position: number;
}

/** Tells other processes how far read models are, at once. What is told may get lost: they look for themselves, too, more slowly. */
export interface Announcements {
  /** Returns at once, and never throws. */
  readonly tell: (move: Move) => void;
  /** Until the result is disposed of. */
  readonly listen: (heard: (move: Move) => void) => Promise<AsyncDisposable>;
}
