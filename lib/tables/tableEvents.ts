import type { EventLog } from '../model/eventLog.js';
import type { TrainingEvent } from '../model/events.js';
import type { MemberPlace } from './trainMembers.js';

/** What a training of a model of a table tells while it runs. */

/** An event of the network that trains. */
export type TableTrainingEvent<Metric extends string = string> = TrainingEvent<Metric> &
  MemberPlace;

/** The events of all networks but for those of progress, read from the logs of their runs. */
export class MemberLog<Metric extends string> implements EventLog<TableTrainingEvent<Metric>> {
  readonly #members: {
    readonly log: EventLog<TrainingEvent<Metric>>;
    readonly place: MemberPlace;
  }[] = [];

  get length(): number {
    return this.#members.reduce((length, { log }) => length + log.length, 0);
  }

  /** The next network; those before it are over. */
  add(log: EventLog<TrainingEvent<Metric>>, place: MemberPlace): void {
    this.#members.push({ log, place });
  }

  at(index: number): TableTrainingEvent<Metric> | undefined {
    let within = index;
    for (const { log, place } of this.#members) {
      const event = log.at(within);
      if (event !== undefined) return { ...event, ...place };
      within -= log.length;
    }
    return undefined;
  }
}
