/** Texts of fields, of which those that come again and again are made once. */

/** A power of two. */
const places = 1024;
/** What is longer is seldom met twice. */
const longest = 32;

export class FieldTexts {
  readonly #texts: (string | undefined)[] = new Array<undefined>(places).fill(undefined);
  readonly #bytes = new Uint8Array(places * longest);
  readonly #lengths = new Uint8Array(places);

  /** @param bytes valid UTF-8 from \`start\` to \`end\` */
  textOf(bytes: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length > longest) return bytes.toString('utf8', start, end);
    let hash = length;
    for (let at = start; at < end; at++) hash = Math.imul(hash, 31) + (bytes[at] as number);
    const place = (hash ^ (hash >>> 10)) & (places - 1);
    const known = this.#texts[place];
    if (known !== undefined && this.#holds(place, bytes, start, length)) return known;
    const text = bytes.toString('utf8', start, end);
    this.#texts[place] = text;
    this.#lengths[place] = length;
    this.#bytes.set(bytes.subarray(start, end), place * longest);
    return text;
  }

  #holds(place: number, bytes: Uint8Array, start: number, length: number): boolean {
    if (this.#lengths[place] !== length) return false;
    const own = place * longest;
    for (let at = 0; at < length; at++) {
      if (this.#bytes[own + at] !== bytes[start + at]) return false;
    }
    return true;
  }
}
