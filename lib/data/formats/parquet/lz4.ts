/** Blocks of LZ4, as https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md has them. */

const shortestMatch = 4;
/** A length that goes on in the bytes behind it. */
const openLength = 15;

/**
 * @param size bytes of what is unpacked
 * @throws RangeError for what is no such block
 */
export function unpackLz4Block(packed: Uint8Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let from = 0;
  let to = 0;
  const next = (): number => {
    const byte = packed[from++];
    if (byte === undefined) throw new RangeError('LZ4: the end of the block');
    return byte;
  };
  const lengthOf = (short: number): number => {
    let length = short;
    if (short < openLength) return length;
    for (let more = 255; more === 255; length += more) more = next();
    return length;
  };
  while (from < packed.length) {
    const token = next();
    const literals = lengthOf(token >> 4);
    if (from + literals > packed.length || to + literals > size) {
      throw new RangeError('LZ4: literals beyond the block');
    }
    bytes.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    // The last sequence ends with its literals.
    if (from === packed.length) break;
    const offset = next() | (next() << 8);
    const length = lengthOf(token & 0x0f) + shortestMatch;
    if (offset === 0 || offset > to || to + length > size) {
      throw new RangeError('LZ4: a match beyond the block');
    }
    // Byte by byte, as a match may overlap with itself.
    for (const end = to + length; to < end; to++) bytes[to] = bytes[to - offset] as number;
  }
  if (to !== size) throw new RangeError('LZ4: fewer bytes than the page has');
  return bytes;
}
