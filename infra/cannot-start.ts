/** Something on this machine stands in the way, and its operator can mend it: the message says what and where, without a stack. */
export class CannotStart extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "CannotStart";
  }
}
