/** https://semver.org/#spec-item-11; null where one is no semantic version. A `v` in front is passed over. */
export const compareSemver = (one: string, other: string): number | null => {
  const [a, b] = [partsOf(one), partsOf(other)];
  if (!a || !b) return null;
  for (const place of [0, 1, 2]) if (a.numbers[place] !== b.numbers[place]) return (a.numbers[place] ?? 0n) < (b.numbers[place] ?? 0n) ? -1 : 1;
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length) * (a.pre.length === b.pre.length ? 0 : 1);
  for (let place = 0; place < Math.max(a.pre.length, b.pre.length); place++) {
    const order = comparePart(a.pre[place], b.pre[place]);
    if (order !== 0) return order;
  }
  return 0;
};

const pattern = /^[v=]?(\d{1,30})(?:\.(\d{1,30}))?(?:\.(\d{1,30}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

const partsOf = (text: string) => {
  const found = pattern.exec(text);
  return found && { numbers: [BigInt(found[1] ?? 0), BigInt(found[2] ?? 0), BigInt(found[3] ?? 0)], pre: (found[4] ?? "").split(".").filter((part) => part !== "") };
};

const comparePart = (a: string | undefined, b: string | undefined): number => {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const [number, other] = [/^\d{1,30}$/.test(a), /^\d{1,30}$/.test(b)];
  if (number && other) return Math.sign(Number(BigInt(a) - BigInt(b)));
  if (number !== other) return number ? -1 : 1;
  return a < b ? -1 : 1;
};
