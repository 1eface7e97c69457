/** A JSON text that is not of the form that the scanner was asked for. */
export class HeaderSyntaxError extends Error {
  override readonly name = 'HeaderSyntaxError';
  constructor(
    readonly expected: string,
    readonly received: string,
  ) {
    super(`expected ${expected}, received ${received}`);
  }
}

/**
 * Reads the few forms of JSON that the header of a safetensors file may hold. Unlike `JSON.parse`
 * it sees duplicate keys, builds nothing that was not asked for, and does not nest.
 */
export class HeaderScanner {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Calls `readValue` with each key of an object; it has to consume the value. */
  object(readValue: (key: string) => void): void {
    const seen = new Set<string>();
    this.#list('{', '}', () => {
      const key = this.string();
      if (seen.has(key)) this.#fail('each key once', `${JSON.stringify(key)} again`);
      seen.add(key);
      this.#expect(':');
      readValue(key);
    });
  }

  /** An array of integers that are not negative. */
  integers(): number[] {
    const values: number[] = [];
    this.#list('[', ']', () => values.push(this.#integer()));
    return values;
  }

  string(): string {
    this.#skipBlanks();
    const start = this.#position;
    if (this.#text[start] !== '"') this.#failHere('a string');
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    this.#position = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, end + 1)) as string;
    } catch {
      return this.#fail('a string', this.#excerpt(start));
    }
  }

  end(): void {
    this.#skipBlanks();
    if (this.#position < this.#text.length) this.#failHere('the end of the header');
  }

  #integer(): number {
    this.#skipBlanks();
    const digits = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;
    digits.lastIndex = this.#position;
    const [text] = digits.exec(this.#text) ?? this.#failHere('an integer >= 0');
    const value = Number(text);
    if (!Number.isSafeInteger(value)) this.#failHere('an integer below 2^53');
    this.#position += text.length;
    return value;
  }

  #list(open: string, close: string, readItem: () => void): void {
    this.#expect(open);
    if (this.#take(close)) return;
    do readItem();
    while (this.#take(','));
    this.#expect(close);
  }

  #take(character: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) this.#failHere(`'${character}'`);
  }

  #skipBlanks(): void {
    while (' \t\n\r'.includes(this.#text[this.#position] ?? 'x')) this.#position++;
  }

  #failHere(expected: string): never {
    return this.#fail(expected, this.#excerpt(this.#position));
  }

  #fail(expected: string, received: string): never {
    throw new HeaderSyntaxError(expected, received);
  }

  #excerpt(at: number): string {
    if (at >= this.#text.length) return 'the end of the header';
    return `${JSON.stringify(this.#text.slice(at, at + 20))} at character ${at}`;
  }
}
