/** Whether a text can be what such lines begin with. */
export function isCommentMark(text: string): boolean {
  return text !== '' && !/[\r\n"]/.test(text);
}

/** Leaves lines empty that begin with a mark, so that the numbers of the others stay as they are. */
export class CommentLines {
  readonly #mark: string;
  #isAtStart = true;
  #isWithin = false;
  /** The beginning of a line that may be the beginning of the mark. */
  #held = '';

  constructor(mark: string) {
    this.#mark = mark;
  }

  /** A text that continues the last one, without what is a comment. */
  push(text: string): string {
    const all = this.#held + text;
    this.#held = '';
    let kept = '';
    let at = 0;
    while (at < all.length) {
      if (this.#isAtStart) {
        const isShort = all.length - at < this.#mark.length;
        if (isShort && this.#mark.startsWith(all.slice(at))) {
          this.#held = all.slice(at);
          return kept;
        }
        this.#isWithin = all.startsWith(this.#mark, at);
        this.#isAtStart = false;
      }
      const end = endOfLine(all, at);
      if (!this.#isWithin) kept += all.slice(at, end);
      if (end === all.length) return kept;
      kept += all[end];
      this.#isAtStart = true;
      at = end + 1;
    }
    return kept;
  }

  end(): string {
    return this.#held;
  }
}

function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return at;
  }
  return text.length;
}
