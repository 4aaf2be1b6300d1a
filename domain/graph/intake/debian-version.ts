/** As dpkg orders versions: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */
export const compareDebian = (one: string, other: string): number => {
  const [a, b] = [partsOf(one), partsOf(other)];
  return Math.sign(a.epoch - b.epoch) || compareText(a.upstream, b.upstream) || compareText(a.revision, b.revision);
};

const partsOf = (version: string) => {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  const epoch = Number(version.slice(0, Math.max(0, colon)));
  return { epoch: Number.isNaN(epoch) ? 0 : epoch, upstream: dash < 0 ? rest : rest.slice(0, dash), revision: dash < 0 ? "" : rest.slice(dash + 1) };
};

/** Stretches of other characters and of digits take turns; a tilde is before everything, even before the end. */
const compareText = (one: string, other: string): number => {
  let [a, b] = [one, other];
  while (a !== "" || b !== "") {
    const [text, others] = [/^\D*/.exec(a)?.[0] ?? "", /^\D*/.exec(b)?.[0] ?? ""];
    for (let place = 0; place < Math.max(text.length, others.length); place++) {
      const order = weight(text[place]) - weight(others[place]);
      if (order !== 0) return Math.sign(order);
    }
    [a, b] = [a.slice(text.length), b.slice(others.length)];
    const [digits, more] = [/^\d*/.exec(a)?.[0] ?? "", /^\d*/.exec(b)?.[0] ?? ""];
    const order = BigInt(`0${digits}`) - BigInt(`0${more}`);
    if (order !== 0n) return order < 0n ? -1 : 1;
    [a, b] = [a.slice(digits.length), b.slice(more.length)];
  }
  return 0;
};

const weight = (character: string | undefined): number => {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
};
