/** Binaries of macOS: Mach-O, 64 bits, of one architecture. */

import { partOf, sorted, textAt } from './facts.mjs';

const machines = new Map([
  [0x01000007, 'x64'],
  [0x0100000c, 'arm64'],
]);

const command = {
  loadLibrary: 0x0c,
  signature: 0x1d,
  oldestMacOs: 0x24,
  buildVersion: 0x32,
  weakLibrary: 0x80000018,
  dyldInfo: 0x80000022,
  exportTrie: 0x80000033,
};

/** @param {Buffer} bytes */
export function isMachO(bytes) {
  return bytes.length > 32 && bytes.readUInt32LE(0) === 0xfeedfacf;
}

/** @param {Buffer} bytes */
function* commandsOf(bytes) {
  const count = bytes.readUInt32LE(16);
  for (let index = 0, at = 32; index < count; index += 1) {
    const size = bytes.readUInt32LE(at + 4);
    yield { kind: bytes.readUInt32LE(at), content: partOf(bytes, at, size) };
    at += size;
  }
}

/** A number of seven bits a byte. @param {Buffer} bytes @param {number} offset */
function variableNumber(bytes, offset) {
  let value = 0;
  let at = offset;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes.readUInt8(at);
    at += 1;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at };
  }
}

/**
 * The names in a trie: each node has what belongs to its own name, if that is one, and its branches.
 *
 * @param {Buffer} trie
 * @param {number} node
 * @param {string} prefix
 * @returns {Generator<string>}
 */
function* namesIn(trie, node, prefix) {
  const own = variableNumber(trie, node);
  if (own.value > 0) yield prefix;
  const branches = own.next + own.value;
  let at = branches + 1;
  for (let left = trie.readUInt8(branches); left > 0; left -= 1) {
    const label = textAt(trie, at);
    const child = variableNumber(trie, at + label.length + 1);
    at = child.next;
    yield* namesIn(trie, child.value, prefix + label);
  }
}

/** @param {number} packed */
function versionText(packed) {
  return `${packed >>> 16}.${(packed >>> 8) & 0xff}`;
}

/** @param {Buffer} signature @returns {'ad-hoc' | 'identity'} */
function signatureKind(signature) {
  const count = signature.readUInt32BE(8);
  for (let index = 0; index < count; index += 1) {
    const part = signature.readUInt32BE(12 + index * 8 + 4);
    const isCodeDirectory = signature.readUInt32BE(part) === 0xfade0c02;
    const adHocFlag = 0x2;
    if (isCodeDirectory) {
      return signature.readUInt32BE(part + 12) & adHocFlag ? 'ad-hoc' : 'identity';
    }
  }
  throw new Error('a signature that signs no code');
}

/** @param {Buffer} bytes @returns {import('./facts.mjs').BinaryFacts} */
export function inspectMachO(bytes) {
  const machine = bytes.readUInt32LE(4);
  /** @type {import('./facts.mjs').BinaryFacts} */
  const facts = {
    format: 'mach-o',
    architecture: machines.get(machine) ?? String(machine),
    exports: [],
    libraries: [],
    symbolVersions: [],
    signature: 'none',
  };
  for (const { kind, content } of commandsOf(bytes)) {
    const partAt = (/** @type {number} */ field) =>
      partOf(bytes, content.readUInt32LE(field), content.readUInt32LE(field + 4));
    if (kind === command.loadLibrary || kind === command.weakLibrary) {
      facts.libraries.push(textAt(content, content.readUInt32LE(8)));
    } else if (kind === command.exportTrie || kind === command.dyldInfo) {
      const trie = partAt(kind === command.exportTrie ? 8 : 40);
      if (trie.length > 0) facts.exports.push(...namesIn(trie, 0, ''));
    } else if (kind === command.oldestMacOs) {
      facts.oldestSystem = versionText(content.readUInt32LE(8));
    } else if (kind === command.buildVersion) {
      facts.oldestSystem = versionText(content.readUInt32LE(12));
    } else if (kind === command.signature) {
      facts.signature = signatureKind(partAt(8));
    }
  }
  facts.exports = sorted(facts.exports.map((name) => name.replace(/^_/, '')));
  facts.libraries = sorted(facts.libraries);
  return facts;
}
