/**
 * What a binary says of itself, whatever system it is for.
 *
 * @typedef {object} BinaryFacts
 * @property {'elf' | 'pe' | 'mach-o'} format
 * @property {string} architecture `x64`, `arm64` as Node names them; else a number
 * @property {string[]} exports names that a host finds in it, without the underscore of macOS, sorted
 * @property {string[]} libraries that the system loads with it, sorted
 * @property {string[]} symbolVersions of these libraries that it needs at least: `GLIBC_2.17`; ELF only
 * @property {string} [oldestSystem] the version of macOS that it was made for
 * @property {'none' | 'ad-hoc' | 'identity'} [signature] whose signature it has; Mach-O only
 */

/** @param {Iterable<string>} names */
export function sorted(names) {
  return [...new Set(names)].sort();
}

/** The text up to the next zero byte. @param {Buffer} bytes @param {number} offset */
export function textAt(bytes, offset) {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset));
}

/**
 * A part of a file that a header points to.
 *
 * @param {Buffer} bytes
 * @param {number} offset
 * @param {number} size
 */
export function partOf(bytes, offset, size) {
  if (offset < 0 || size < 0 || offset + size > bytes.length) {
    throw new Error(`the file ends before byte ${offset + size}, which a header points to`);
  }
  return bytes.subarray(offset, offset + size);
}
