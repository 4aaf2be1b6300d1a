import assert from "node:assert/strict";
import * as fc from "fast-check";
import { pauseAfter, retryAfter, usualPatience } from "#domain/deliveries/retry.ts";

describe("The pause behind a failed delivery", () => {
  it("doubles up to the longest, a random half of it less, and is never shorter than was wished", () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.option(fc.integer({ min: 0, max: 10 ** 10 })), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, wished, random) => {
        const ms = pauseAfter(usualPatience, { attempts, wished, random });
        const most = Math.min(2000 * 2 ** (attempts - 1), usualPatience.mostMs);
        const least = Math.min(wished ?? 0, 24 * 3_600_000);
        assert.ok(ms >= most / 2 - 1 && ms >= least && ms <= Math.max(most, least) + 1, String(ms));
      }),
    ));

  it("leaves some thirty attempts in three days", () => {
    let [ms, attempts] = [0, 0];
    while (ms < usualPatience.giveUpMs) ms += pauseAfter(usualPatience, { attempts: ++attempts, wished: null, random: 0.5 });
    assert.ok(attempts > 20 && attempts < 50, String(attempts));
  });

  it("is read from Retry-After in both of its forms", () => {
    const now = Date.parse("2026-11-21T00:00:00Z");
    assert.deepEqual(
      ["120", "Sat, 21 Nov 2026 00:01:00 GMT", "Fri, 20 Nov 2026 00:00:00 GMT", "soon", undefined].map((header) => retryAfter(header, now)),
      [120_000, 60_000, 0, null, null],
    );
  });
});
