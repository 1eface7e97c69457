import type { NativeEvent, NativeStatistics } from '../native.js';
import type { TrainingEvent } from './events.js';
import type { TrainingStatistics } from './statistics.js';

/** Turns what the core reports of one run into events, and keeps what belongs into the history. */
export class TrainingWatch<Metric extends string> {
  readonly #statistics: TrainingStatistics[] = [];

  get statistics(): readonly TrainingStatistics[] {
    return this.#statistics;
  }

  eventsOf(reported: readonly NativeEvent[]): TrainingEvent<Metric>[] {
    return reported.map((event) => {
      if (event.type === 'statistics') return this.#statisticsEvent(event);
      // The core measures exactly the metrics that it was asked for.
      return event as TrainingEvent<Metric>;
    });
  }

  #statisticsEvent({ type, layers, ...event }: NativeStatistics): TrainingEvent<Metric> {
    const statistics: TrainingStatistics = { ...event, layers };
    this.#statistics.push(statistics);
    return { type, ...statistics };
  }
}
