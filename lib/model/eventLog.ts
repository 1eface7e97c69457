import type { EpochColumns } from './epochColumns.js';
import type { TrainingEvent, TrainingStatisticsEvent, TrainingWarningEvent } from './events.js';

/** The events of a run in their order, but for those of progress. An array of events is one. */
export interface EventLog<Event> {
  /** Events so far. */
  readonly length: number;
  /** The event of a place from 0; it may be made anew each time. */
  at(index: number): Event | undefined;
}

/** An event that is not made of numbers of the columns. */
type Aside = TrainingStatisticsEvent | TrainingWarningEvent;

/** The events of a training. Those of epochs are numbers in columns until somebody reads them. */
export class TrainingLog<Metric extends string> implements EventLog<TrainingEvent<Metric>> {
  readonly #asides: Aside[] = [];
  /** Where among all events those asides stand. */
  readonly #places: number[] = [];
  #epochs: EpochColumns<Metric> | undefined;
  #epochCount = 0;
  /** Epochs that were told of by another process. */
  #epochsBefore = 0;

  get length(): number {
    return this.#asides.length + this.#epochCount;
  }

  /** The columns that the events of epochs are read from. */
  set epochs(epochs: EpochColumns<Metric>) {
    this.#epochs = epochs;
  }

  /** The next of the columns' epochs. */
  addEpoch(): void {
    this.#epochCount++;
  }

  /** All so far was told of before, by another process: nobody hears of it again. */
  forget(): void {
    this.#epochsBefore += this.#epochCount;
    this.#epochCount = 0;
    this.#asides.length = 0;
    this.#places.length = 0;
  }

  addAside(event: Aside): void {
    this.#places.push(this.length);
    this.#asides.push(event);
  }

  at(index: number): TrainingEvent<Metric> | undefined {
    const asides = this.#asides.length;
    if (index >= asides + this.#epochCount) return undefined;
    // Most often all asides are further ahead.
    if (asides === 0 || index > (this.#places[asides - 1] as number)) {
      return this.#epochAt(index - asides);
    }
    const before = this.#asidesBefore(index);
    return this.#places[before] === index ? this.#asides[before] : this.#epochAt(index - before);
  }

  #epochAt(index: number): TrainingEvent<Metric> | undefined {
    return this.#epochs?.eventAt(this.#epochsBefore + index);
  }

  /** A binary search: there may be as many asides as updates. */
  #asidesBefore(index: number): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle] as number) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
