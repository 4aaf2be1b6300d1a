import type { Refusal } from "#domain/kernel/decider.ts";

/** Carries a refusal through GraphQL's machinery, which knows thrown errors only. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = "Refused";
    this.refusal = refusal;
  }
}
