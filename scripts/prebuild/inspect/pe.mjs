/** Binaries of Windows: PE, 64 bits. */

import { partOf, sorted, textAt } from './facts.mjs';

const machines = new Map([
  [0x8664, 'x64'],
  [0xaa64, 'arm64'],
]);

const directory = { exports: 0, imports: 1, delayedImports: 13 };

/** @param {Buffer} bytes */
export function isPe(bytes) {
  return bytes.length > 64 && bytes.toString('latin1', 0, 2) === 'MZ';
}

/** A file with addresses as they are in memory. */
class Image {
  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    const header = bytes.readUInt32LE(0x3c);
    if (textAt(bytes, header) !== 'PE') throw new Error('a program of DOS');
    this.machine = bytes.readUInt16LE(header + 4);
    this.optionalHeader = header + 24;
    const isWide = bytes.readUInt16LE(this.optionalHeader) === 0x20b;
    if (!isWide) throw new Error('a PE file of 32 bits');
    const sections = this.optionalHeader + bytes.readUInt16LE(header + 20);
    const count = bytes.readUInt16LE(header + 6);
    this.sections = Array.from({ length: count }, (_, index) => {
      const section = partOf(bytes, sections + index * 40, 40);
      return {
        address: section.readUInt32LE(12),
        size: section.readUInt32LE(16),
        offset: section.readUInt32LE(20),
      };
    });
  }

  /** Where the file has what lies at an address. @param {number} address */
  offsetOf(address) {
    const section = this.sections.find(
      (each) => address >= each.address && address < each.address + each.size,
    );
    if (!section) throw new Error(`no section has the address ${address}`);
    return address - section.address + section.offset;
  }

  /** @param {number} index @returns {number} its address, 0 without one */
  directory(index) {
    const count = this.bytes.readUInt32LE(this.optionalHeader + 108);
    return index < count ? this.bytes.readUInt32LE(this.optionalHeader + 112 + index * 8) : 0;
  }

  /** The text at an address that is at an offset. @param {number} offset */
  textThrough(offset) {
    return textAt(this.bytes, this.offsetOf(this.bytes.readUInt32LE(offset)));
  }
}

/** @param {Image} image */
function* exportedNames(image) {
  const address = image.directory(directory.exports);
  if (address === 0) return;
  const table = image.offsetOf(address);
  const count = image.bytes.readUInt32LE(table + 24);
  if (count === 0) return;
  const names = image.offsetOf(image.bytes.readUInt32LE(table + 32));
  for (let index = 0; index < count; index += 1) yield image.textThrough(names + index * 4);
}

/**
 * @param {Image} image
 * @param {number} index of the directory
 * @param {number} entrySize
 * @param {number} nameOffset within an entry
 */
function* importedLibraries(image, index, entrySize, nameOffset) {
  const address = image.directory(index);
  if (address === 0) return;
  // An entry without a name is the end.
  for (let entry = image.offsetOf(address); ; entry += entrySize) {
    if (image.bytes.readUInt32LE(entry + nameOffset) === 0) return;
    yield image.textThrough(entry + nameOffset);
  }
}

/** @param {Buffer} bytes @returns {import('./facts.mjs').BinaryFacts} */
export function inspectPe(bytes) {
  const image = new Image(bytes);
  const libraries = [
    ...importedLibraries(image, directory.imports, 20, 12),
    ...importedLibraries(image, directory.delayedImports, 32, 4),
  ];
  return {
    format: 'pe',
    architecture: machines.get(image.machine) ?? String(image.machine),
    exports: sorted(exportedNames(image)),
    // Windows does not tell capitals from small letters here.
    libraries: sorted(libraries.map((name) => name.toLowerCase())),
    symbolVersions: [],
  };
}
