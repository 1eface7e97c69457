import { cutToWidth, visibleText } from '../displayText.js';
import type { Printer } from './printer.js';

/** One line at the bottom of a terminal that is redrawn in place; nothing at all elsewhere. */
export class StatusLine {
  readonly isShown: boolean;
  readonly #printer: Printer;
  #drawn = '';

  constructor(printer: Printer) {
    this.#printer = printer;
    this.isShown = printer.isTerminal;
  }

  /** Columns that a line may fill: one is left, as some terminals wrap at the last one. Some say 0. */
  get width(): number {
    return Math.max(10, (this.#printer.columns || 80) - 1);
  }

  draw(text: string): void {
    const line = cutToWidth(visibleText(text), this.width);
    if (!this.isShown || line === this.#drawn) return;
    this.#printer.redraw(line);
    this.#drawn = line;
  }

  /** Makes room for ordinary lines. */
  clear(): void {
    if (this.#drawn === '') return;
    this.#printer.redraw('');
    this.#drawn = '';
  }
}
