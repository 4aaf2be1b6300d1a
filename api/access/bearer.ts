/** The secret in `Authorization: Bearer <secret>` (RFC 6750 §2.1); null where there is none. */
export const bearerSecret = (authorization: string | undefined): string | null =>
  authorization === undefined ? null : (/^bearer +([\w.~+/-]{1,512}=*) *$/i.exec(authorization)?.[1] ?? null);
