/** Binaries of Linux: ELF, 64 bits, little-endian. */

import { partOf, sorted, textAt } from './facts.mjs';

const machines = new Map([
  [0x3e, 'x64'],
  [0xb7, 'arm64'],
]);

const sectionKind = { dynamic: 6, dynamicSymbols: 11, neededVersions: 0x6ffffffe };
const dynamicTagNeeded = 1;

/** @param {Buffer} bytes */
export function isElf(bytes) {
  return bytes.length > 64 && bytes.readUInt32BE(0) === 0x7f454c46;
}

/**
 * @typedef {object} Section
 * @property {number} kind
 * @property {Buffer} content
 * @property {number} link the index of the section with its names
 */

/** @param {Buffer} bytes @returns {Section[]} */
function sectionsOf(bytes) {
  const table = Number(bytes.readBigUInt64LE(0x28));
  const size = bytes.readUInt16LE(0x3a);
  const count = bytes.readUInt16LE(0x3c);
  return Array.from({ length: count }, (_, index) => {
    const header = partOf(bytes, table + index * size, size);
    const kind = header.readUInt32LE(4);
    const offset = Number(header.readBigUInt64LE(0x18));
    const noBits = 8; // takes no room in the file
    const length = kind === noBits ? 0 : Number(header.readBigUInt64LE(0x20));
    return { kind, content: partOf(bytes, offset, length), link: header.readUInt32LE(0x28) };
  });
}

/** @param {Section} symbols @param {Buffer} names */
function* definedNames({ content }, names) {
  for (let at = 0; at < content.length; at += 24) {
    const binding = content.readUInt8(at + 4) >> 4; // 0: local
    const isDefined = content.readUInt16LE(at + 6) !== 0;
    if (binding !== 0 && isDefined) yield textAt(names, content.readUInt32LE(at));
  }
}

/** @param {Section} dynamic @param {Buffer} names */
function* neededLibraries({ content }, names) {
  for (let at = 0; at < content.length; at += 16) {
    if (Number(content.readBigUInt64LE(at)) !== dynamicTagNeeded) continue;
    yield textAt(names, Number(content.readBigUInt64LE(at + 8)));
  }
}

/** Lists of lists, each entry with the distance to the next. @param {Section} versions @param {Buffer} names */
function* neededVersions({ content }, names) {
  for (let library = 0, next = 1; next !== 0; library += next) {
    next = content.readUInt32LE(library + 12);
    let at = library + content.readUInt32LE(library + 8);
    for (let left = content.readUInt16LE(library + 2); left > 0; left -= 1) {
      yield textAt(names, content.readUInt32LE(at + 8));
      at += content.readUInt32LE(at + 12);
    }
  }
}

/** @param {Buffer} bytes @returns {import('./facts.mjs').BinaryFacts} */
export function inspectElf(bytes) {
  const isWideLittleEndian = bytes.readUInt8(4) === 2 && bytes.readUInt8(5) === 1;
  if (!isWideLittleEndian) throw new Error('an ELF file of 32 bits or of another byte order');
  const sections = sectionsOf(bytes);
  /**
   * @param {number} kind
   * @param {(section: Section, names: Buffer) => Iterable<string>} read
   */
  const namesIn = (kind, read) =>
    sorted(
      sections
        .filter((section) => section.kind === kind)
        .flatMap((section) => [...read(section, sections[section.link]?.content ?? Buffer.of())]),
    );
  const machine = bytes.readUInt16LE(0x12);
  return {
    format: 'elf',
    architecture: machines.get(machine) ?? String(machine),
    exports: namesIn(sectionKind.dynamicSymbols, definedNames),
    libraries: namesIn(sectionKind.dynamic, neededLibraries),
    symbolVersions: namesIn(sectionKind.neededVersions, neededVersions),
  };
}
