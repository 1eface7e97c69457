import { formatCount } from '../quantities.js';
import { plural } from '../terminal/style.js';

/** Up to so many epochs each leave a line. */
const mostLines = 30;

/** Seconds after which an epoch leaves a line in any case: somebody waits for it. */
const longestSilence = 10;

/**
 * Which epochs of a training leave a line: all of them where they are few, else some at round numbers. The
 * first one does, and any that ends ten seconds or more after the last line.
 */
export class EpochLines {
  /** 1, or the distance of epochs that leave a line. */
  readonly step: number;
  readonly #epochs: number;
  #silence = 0;

  constructor(epochs: number) {
    this.#epochs = epochs;
    this.step = stepOf(epochs);
  }

  /** What is left out, in a sentence; null where nothing is. */
  get explanation(): string | null {
    if (this.step === 1) return null;
    const epochs = plural(this.#epochs, 'epoch');
    return `Of ${epochs}, every ${ordinal(this.step)} is shown, or one in ${longestSilence} seconds.`;
  }

  /** Told of every epoch in turn. */
  isDue({ epoch, seconds }: { readonly epoch: number; readonly seconds: number }): boolean {
    this.#silence += seconds;
    const isRound = epoch === 1 || epoch === this.#epochs || epoch % this.step === 0;
    if (!isRound && this.#silence < longestSilence) return false;
    this.#silence = 0;
    return true;
  }
}

/** The smallest of 1, 2, 5, 10, 20, ... that leaves few enough lines. */
function stepOf(epochs: number): number {
  for (let size = 1; ; size *= 10) {
    for (const step of [size, 2 * size, 5 * size]) if (epochs / step <= mostLines) return step;
  }
}

/** Of 2, or of a number that ends with 0 or 5. */
function ordinal(number: number): string {
  return number === 2 ? 'second' : `${formatCount(number)}th`;
}
