/** HalfSipHash-1-3 (J.-P. Aumasson, D. J. Bernstein) of a stretch of bytes: whoever does not know the seed finds no keys that collide. */
export const halfSipHash =
  (seed: number, seed2: number) =>
  (bytes: Uint8Array, from: number, to: number): number => {
    let [v0, v1, v2, v3] = [seed, seed2, 0x6c796765 ^ seed, 0x74656462 ^ seed2];
    const whole = (to - from) >>> 2;
    // All words, what is left over with the length, and three rounds of nothing.
    for (let step = 0; step < whole + 4; step++) {
      const at = from + 4 * step;
      let word = 0;
      if (step < whole) word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
      else if (step === whole) {
        word = (to - from) << 24;
        for (let rest = at; rest < to; rest++) word |= (bytes[rest] ?? 0) << (8 * (rest - at));
      } else if (step === whole + 1) v2 ^= 0xff;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    return v1 ^ v3;
  };
