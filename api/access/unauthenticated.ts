/** There is no valid token, or not any more. */
export class Unauthenticated extends Error {
  readonly code = "UNAUTHENTICATED";

  constructor() {
    super("a valid token is needed");
    this.name = "Unauthenticated";
  }
}
