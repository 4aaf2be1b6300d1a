/** Longer ones are digests: a key or an attribute with one is found by the whole of it. */
const longest = 40;

/** The words of a text, lower-case, each once: whatever stands between anything but letters and digits. */
export const wordsOf = (text: string): string[] => [
  ...new Set(
    decoded(text)
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== "" && word.length <= longest),
  ),
];

/** As PostgreSQL reads a tsvector: lexemes as they are, without a dictionary that knows better. */
export const tsvector = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

/** What has a word beginning with each of these. */
export const tsquery = (words: readonly string[]): string => words.map((word) => `'${word}':*`).join(" & ");

const decoded = (text: string): string => {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
