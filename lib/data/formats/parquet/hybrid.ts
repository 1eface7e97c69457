/** The hybrid of run lengths and packed bits in which Parquet writes levels and indices. */

/** A part of a page. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * Fills `values`. No more is written than there is room for, whatever the bytes say.
 *
 * @param width bits of a value, 32 at most
 * @throws RangeError where the bytes end before
 */
export function readHybrid(
  { bytes, start, end }: ByteRange,
  width: number,
  values: Uint8Array | Uint32Array,
): void {
  if (width > 32) throw new RangeError(`values of ${width} bits`);
  const reader = new RunReader(bytes, start, end);
  for (let filled = 0; filled < values.length; ) {
    const header = reader.varint();
    const runs = Math.floor(header / 2);
    if (runs === 0) throw new RangeError('a run of no values');
    const isPacked = header % 2 === 1;
    const count = Math.min(isPacked ? runs * 8 : runs, values.length - filled);
    if (isPacked) reader.packed(width, values, filled, filled + count);
    else values.fill(reader.littleEndian((width + 7) >> 3), filled, filled + count);
    filled += count;
  }
}

/** So wide, values and the bits of a byte before them are an integer that JavaScript shifts. */
const widestShifted = 24;

class RunReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#end = end;
    this.#at = start;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.#next();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a run of too many values');
  }

  littleEndian(bytes: number): number {
    let value = 0;
    for (let byte = 0; byte < bytes; byte++) value += this.#next() * 2 ** (8 * byte);
    return value;
  }

  /** The last run may be filled up with values that are not read: nothing stands behind it. */
  packed(width: number, values: Uint8Array | Uint32Array, first: number, last: number): void {
    if (this.#at + Math.ceil(((last - first) * width) / 8) > this.#end) throw tooFew();
    if (width <= widestShifted) this.#shifted(width, values, first, last);
    else this.#divided(width, values, first, last);
  }

  #shifted(width: number, values: Uint8Array | Uint32Array, first: number, last: number): void {
    const bytes = this.#bytes;
    const mask = 2 ** width - 1;
    let at = this.#at;
    let bits = 0;
    let held = 0;
    for (let index = first; index < last; index++) {
      for (; held < width; held += 8) bits |= (bytes[at++] as number) << held;
      values[index] = bits & mask;
      bits >>>= width;
      held -= width;
    }
    this.#at = at;
  }

  #divided(width: number, values: Uint8Array | Uint32Array, first: number, last: number): void {
    const modulus = 2 ** width;
    let bits = 0;
    let held = 0;
    for (let index = first; index < last; index++) {
      for (; held < width; held += 8) bits += this.#next() * 2 ** held;
      const value = bits % modulus;
      values[index] = value;
      bits = (bits - value) / modulus;
      held -= width;
    }
  }

  #next(): number {
    if (this.#at >= this.#end) throw tooFew();
    return this.#bytes[this.#at++] as number;
  }
}

function tooFew(): RangeError {
  return new RangeError('fewer values than the page has');
}
