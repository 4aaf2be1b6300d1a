import { decides } from "#test/support/decides.ts";
import { token } from "#domain/access/token.ts";
import type { TokenEvent } from "#domain/access/events.ts";

const id = "01890000-0000-7000-8000-000000000002";
const fields = { token: id, name: "ci", scope: "write", secretSha256: "ab".repeat(32), expires: null } as const;
const issued: TokenEvent = { type: "TokenIssued", ...fields };
const revoked: TokenEvent = { type: "TokenRevoked", token: id };

describe("A token", () => {
  it("is issued once", () => {
    decides(token, { given: [], when: { type: "IssueToken", ...fields }, thenRecords: [issued] });
    decides(token, { given: [issued], when: { type: "IssueToken", ...fields }, thenRecords: [] });
  });
  it("is revoked for good", () => {
    decides(token, { given: [issued], when: { type: "RevokeToken" }, thenRecords: [revoked] });
    decides(token, { given: [issued, revoked], when: { type: "RevokeToken" }, thenRecords: [] });
    decides(token, { given: [issued, revoked], when: { type: "IssueToken", ...fields }, thenRecords: [] });
  });
  it("that was never issued cannot be revoked", () =>
    decides(token, { given: [], when: { type: "RevokeToken" }, thenRefuses: "TOKEN_NOT_FOUND" }));
});
