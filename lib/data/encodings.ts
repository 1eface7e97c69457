import { TextDecoder } from 'node:util';

/**
 * The encodings of the WHATWG standard, by their labels. Node decodes most of them; what it decodes otherwise
 * than the standard, or not at all, is decoded here.
 */

/** Decodes the chunks of a text in their order; throws on bytes that the encoding does not have. */
export interface Decoder {
  decode(chunk?: Uint8Array, options?: { readonly stream?: boolean }): string;
}

/** Names that other programs have for encodings of the standard: Python, Java, Windows. */
const aliases: Readonly<Record<string, string>> = {
  cp949: 'euc-kr',
  ms949: 'euc-kr',
  uhc: 'euc-kr',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp950: 'big5',
  cp65001: 'utf-8',
  'utf-8-sig': 'utf-8',
  'latin-1': 'windows-1252',
};

/** The name of the encoding that a label stands for; undefined for an unknown one. */
export function encodingOf(label: string): string | undefined {
  const given = label.trim().toLowerCase();
  const name = Object.hasOwn(aliases, given) ? (aliases[given] as string) : given;
  if (Object.hasOwn(ownDecoders, name)) return name;
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return undefined;
  }
}

/** @param encoding as `encodingOf` gives it, or any label that it knows. */
export function decoderOf(encoding: string): Decoder {
  const name = encodingOf(encoding) ?? encoding;
  const own = Object.hasOwn(ownDecoders, name) ? ownDecoders[name] : undefined;
  return own?.() ?? new TextDecoder(name, { fatal: true });
}

const upperLatin1 = String.fromCharCode(...Array.from({ length: 96 }, (_, index) => 0xa0 + index));
const controls = String.fromCharCode(...Array.from({ length: 32 }, (_, index) => 0x80 + index));

/** The characters of the bytes 80 to FF. */
const upperHalves = {
  // Node 20 decodes these as ISO 8859-1: control characters in the place of €, quotes and dashes.
  'windows-1252': `€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ${upperLatin1}`,
  'iso-8859-16': `${controls}\u00a0ĄąŁ€„Š§š©Ș«Ź\u00adźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ`,
  'x-user-defined': String.fromCharCode(
    ...Array.from({ length: 128 }, (_, index) => 0xf780 + index),
  ),
};

class SingleByteDecoder implements Decoder {
  readonly #upperHalf: string;

  constructor(upperHalf: string) {
    this.#upperHalf = upperHalf;
  }

  decode(chunk: Uint8Array = new Uint8Array(0)): string {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return bytes
      .toString('latin1')
      .replace(/[\u0080-\u00ff]/g, (byte) => this.#upperHalf[byte.charCodeAt(0) - 0x80] ?? byte);
  }
}

/**
 * EUC-KR of the standard, which is Windows' code page 949: KS X 1001, which Node knows, and in the gaps of
 * its table the 8,822 syllables of Hangul that it lacks, in the order of Unicode.
 */
class KoreanDecoder implements Decoder {
  /** The first byte of a character whose second is in the next chunk; 0 for none. */
  #lead = 0;

  decode(chunk: Uint8Array = new Uint8Array(0), { stream = false } = {}): string {
    const characters = koreanCharacters();
    const units = Buffer.allocUnsafe(2 * chunk.length);
    let length = 0;
    for (const byte of chunk) {
      if (this.#lead === 0 && byte >= 0x80) {
        this.#lead = byte;
        continue;
      }
      const unit = this.#lead === 0 ? byte : (characters[this.#lead * 256 + byte] ?? 0);
      if (this.#lead !== 0 && unit === 0) throw this.#fault();
      length = units.writeUInt16LE(unit, length);
      this.#lead = 0;
    }
    if (!stream && this.#lead !== 0) throw this.#fault();
    return units.toString('utf16le', 0, length);
  }

  #fault(): TypeError {
    this.#lead = 0;
    return new TypeError('The encoded data was not valid for encoding euc-kr');
  }
}

let korean: Uint16Array | undefined;

/** The character of each two bytes; 0 where there is none. */
function koreanCharacters(): Uint16Array {
  korean ??= tableOfKorean();
  return korean;
}

function tableOfKorean(): Uint16Array {
  const table = new Uint16Array(0x10000);
  const decoder = new TextDecoder('euc-kr');
  const known = new Set<number>();
  for (let lead = 0xa1; lead <= 0xfe; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) {
      const text = decoder.decode(Uint8Array.of(lead, trail));
      const unit = text.charCodeAt(0);
      if (text.length !== 1 || unit === 0xfffd || unit < 0x80 || isPrivateUse(text)) continue;
      table[lead * 256 + trail] = unit;
      known.add(unit);
    }
  }
  table[0xa2e6] = 0x20ac; // €
  table[0xa2e7] = 0x00ae; // ®
  let syllable = 0xac00;
  for (const place of gapsOfKorean()) {
    while (known.has(syllable)) syllable++;
    if (syllable > 0xd7a3) break;
    table[place] = syllable++;
  }
  return table;
}

/** The places of the table beside those of KS X 1001, in their order. */
function* gapsOfKorean(): Generator<number, void, void> {
  for (let lead = 0x81; lead <= 0xc6; lead++) {
    const last = lead <= 0xa0 ? 0xfe : 0xa0;
    for (let trail = 0x41; trail <= last; trail++) {
      const isLetter = (trail <= 0x5a || trail >= 0x61) && (trail <= 0x7a || trail >= 0x81);
      if (isLetter) yield lead * 256 + trail;
    }
  }
}

function isPrivateUse(text: string): boolean {
  return /[\ue000-\uf8ff]/.test(text);
}

/** Characters for private use are what Node gives for bytes that the standard reads otherwise, or not. */
class WithoutPrivateUse implements Decoder {
  readonly #decoder: TextDecoder;

  constructor(encoding: string) {
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  decode(chunk?: Uint8Array, options?: { readonly stream?: boolean }): string {
    const text = this.#decoder.decode(chunk, options);
    if (!isPrivateUse(text)) return text;
    throw new TypeError(
      `Characters that Node does not know of the encoding ${this.#decoder.encoding}`,
    );
  }
}

const ownDecoders: Readonly<Record<string, () => Decoder>> = {
  ...Object.fromEntries(
    Object.entries(upperHalves).map(([name, upperHalf]) => [
      name,
      () => new SingleByteDecoder(upperHalf),
    ]),
  ),
  'euc-kr': () => new KoreanDecoder(),
  big5: () => new WithoutPrivateUse('big5'),
  'windows-874': () => new WithoutPrivateUse('windows-874'),
};
