/** Why deliveries to a URL are not allowed, in words; null where they are, or where its name cannot be looked up now. */
export type Forbidden = (url: string) => Promise<string | null>;
