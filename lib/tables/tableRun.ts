import type { EventLog } from '../model/eventLog.js';
import type { History, TrainingEvent } from '../model/events.js';
import type { TrainingRun } from '../model/trainingRun.js';
import type { OutOfFold } from './outOfFold.js';
import type { MemberPlace, TrainedMembers } from './trainMembers.js';

/** What a training of a model of a table tells while it runs, and gives at its end. */

/** An event of the network that trains. */
export type TableTrainingEvent<Metric extends string = string> = TrainingEvent<Metric> &
  MemberPlace;

/**
 * What a finished training gives. Of several networks, `epochs`, `warnings` and so on are those of all, one network after
 * the other; `seconds` are of all together.
 */
export interface TableHistory<Metric extends string = string> extends History<Metric> {
  /** One for each network. */
  readonly members: readonly [History<Metric>, ...History<Metric>[]];
  /** Of several networks, what they say of rows that they have not learned from; null for a single one. */
  readonly outOfFold: OutOfFold | null;
  /** By which logits were divided, so that probabilities come true; null where nothing was calibrated. */
  readonly temperature: number | null;
}

/** A training that runs: awaited for its history, iterated for its events, as any run. */
export type TableRun<Metric extends string = string> = TrainingRun<
  Metric,
  TableTrainingEvent<Metric>,
  TableHistory<Metric>
>;

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

export function historyOfOne<Metric extends string>(
  history: History<Metric>,
): TableHistory<Metric> {
  return { ...history, members: [history], outOfFold: null, temperature: null };
}

type Trained<Metric extends string> = Pick<
  TrainedMembers,
  'judgement' | 'temperature' | 'stopReason'
> & {
  readonly histories: readonly [History<Metric>, ...History<Metric>[]];
};

export function historyOfSeveral<Metric extends string>({
  histories,
  judgement,
  temperature,
  stopReason,
}: Trained<Metric>): TableHistory<Metric> {
  const seconds = histories.reduce((sum, history) => sum + history.seconds, 0);
  const rows = histories.reduce((sum, own) => sum + own.rowsPerSecond * own.seconds, 0);
  return {
    epochs: histories.flatMap(({ epochs }) => epochs),
    warnings: histories.flatMap(({ warnings }) => warnings),
    statistics: histories.flatMap(({ statistics }) => statistics),
    stopReason,
    // Each has its own epochs.
    bestEpoch: null,
    nonFinite: histories.flatMap(({ nonFinite }) => nonFinite),
    seconds,
    rowsPerSecond: seconds > 0 ? rows / seconds : 0,
    threads: Math.max(...histories.map(({ threads }) => threads)),
    arenaBytes: Math.max(...histories.map(({ arenaBytes }) => arenaBytes)),
    members: histories,
    outOfFold: judgement,
    temperature,
  };
}
