import type { EpochNumbers, TrainedEpochs } from '../data/curves.js';

/** More epochs than these are thinned out, so that a training of millions takes no more memory. */
const mostEpochs = 2000;

/** The epochs of a training that goes on: every one of them, later every second, every fourth, and so on. */
export class GrowingCurve {
  readonly #place: Pick<TrainedEpochs, 'member' | 'refit'>;
  #kept: EpochNumbers[] = [];
  #last: EpochNumbers | undefined;
  #count = 0;
  #step = 1;

  constructor(place: Pick<TrainedEpochs, 'member' | 'refit'> = {}) {
    this.#place = place;
  }

  add(epoch: EpochNumbers): void {
    this.#last = epoch;
    if (this.#count++ % this.#step !== 0) return;
    this.#kept.push(epoch);
    if (this.#kept.length <= mostEpochs) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#step *= 2;
  }

  /** With the last epoch, whichever are kept. */
  epochs(): TrainedEpochs {
    const last = this.#last;
    const isKept = last === undefined || this.#kept.at(-1) === last;
    const epochs = isKept ? [...this.#kept] : [...this.#kept, last];
    return { ...this.#place, epochs, trained: this.#count };
  }
}
