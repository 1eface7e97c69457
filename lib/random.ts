/**
 * Random numbers of the typed layer: a stream is a function of its keys alone (a seed, then whatever
 * tells its uses apart), so that whoever draws from another stream changes nothing.
 *
 * The generator is sfc32 of Chris Doty-Humphrey (PractRand): 128 bits of state, in 32-bit integers.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spare: number | null = null;

  /** @param keys one or more integers; only their lowest 32 bits count. */
  constructor(...keys: readonly number[]) {
    const hash = keys.reduce((mixed, key) => mixBits(mixed ^ mixBits(key + 0x9e3779b9)), 0);
    this.#a = hash;
    this.#b = mixBits(hash + 0x9e3779b9);
    this.#c = mixBits(hash + 0x3c6ef372);
    // As its author advises: until the keys have reached all of the state.
    for (let round = 0; round < 15; round++) this.bits();
  }

  /** An integer in [0, 2^32). */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** In [0, 1), with all the 53 bits that a number holds. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Mean 0, variance 1 (Box and Muller, who give two at a time). */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    // 1 - u lies in (0, 1], where the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** 0 to length - 1 in random order (Fisher and Yates). */
  permutation(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, index) => index);
    for (let last = length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = order[last] ?? 0;
      order[last] = order[other] ?? 0;
      order[other] = kept;
    }
    return order;
  }
}

/** The finalizer of MurmurHash3: each bit of the input changes half of the output's. */
export function mixBits(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
