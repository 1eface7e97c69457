import type { EventLog } from '../model/eventLog.js';
import type { TrainingEvent } from '../model/events.js';

/** The events of a pre-training. */

/** The pair of layers that an event is of. */
interface StagePlace {
  /** The pair, from 1 for the outermost. */
  readonly stage: number;
  readonly stages: number;
  /** Columns between the two layers of the pair. */
  readonly units: number;
}

/** An event of the pair of layers that trains. */
export type PretrainingEvent<Metric extends string = string> = TrainingEvent<Metric> & StagePlace;

/** The events of all stages but for those of progress, read from the logs of their runs. */
export class StagedLog<Metric extends string> implements EventLog<PretrainingEvent<Metric>> {
  readonly #stages: {
    readonly log: EventLog<TrainingEvent<Metric>>;
    readonly place: StagePlace;
  }[] = [];

  get length(): number {
    return this.#stages.reduce((length, { log }) => length + log.length, 0);
  }

  /** The next stage; those before it are over. */
  add(log: EventLog<TrainingEvent<Metric>>, place: StagePlace): void {
    this.#stages.push({ log, place });
  }

  at(index: number): PretrainingEvent<Metric> | undefined {
    let within = index;
    for (const { log, place } of this.#stages) {
      const event = log.at(within);
      if (event !== undefined) return { ...event, ...place };
      within -= log.length;
    }
    return undefined;
  }
}
