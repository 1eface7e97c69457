import type { CliContext } from './context.js';

/** One line at the bottom of a terminal that is redrawn in place; nothing at all elsewhere. */
export class StatusLine {
  readonly isShown: boolean;
  readonly #stream: CliContext['stderr'];
  #drawn = '';

  constructor({ stderr, environment }: Pick<CliContext, 'stderr' | 'environment'>) {
    this.#stream = stderr;
    this.isShown = stderr.isTTY === true && environment.TERM !== 'dumb';
  }

  /** Columns that a line may fill: one is left, as some terminals wrap at the last one. Some say 0. */
  get width(): number {
    return Math.max(10, (this.#stream.columns || 80) - 1);
  }

  draw(text: string): void {
    const line = text.length > this.width ? text.slice(0, this.width) : text;
    if (!this.isShown || line === this.#drawn) return;
    this.#stream.write(`\r${line}\u001b[K`);
    this.#drawn = line;
  }

  /** Makes room for ordinary lines. */
  clear(): void {
    if (this.#drawn === '') return;
    this.#stream.write('\r\u001b[K');
    this.#drawn = '';
  }
}
