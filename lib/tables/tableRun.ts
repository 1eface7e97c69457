import type { History } from '../model/events.js';
import type { TrainingRun } from '../model/trainingRun.js';
import type { OutOfFold } from './outOfFold.js';
import type { TableTrainingEvent } from './tableEvents.js';
import type { TrainedTable } from './tableTraining.js';

/** What a training of a model of a table gives at its end. */

/**
 * What a finished training gives. Of several networks, `epochs`, `warnings` and so on are those of all, one network after
 * the other; `seconds` are of all together.
 */
export interface TableHistory<Metric extends string = string> extends History<Metric> {
  /** One for each training: of each network, and of one that was trained once more on all rows, both. */
  readonly members: readonly [History<Metric>, ...History<Metric>[]];
  /**
   * What networks say of rows that they have not learned from; null for a single one that is not trained once more, whose
   * epochs have a `validation`.
   */
  readonly outOfFold: OutOfFold | null;
  /** By which logits were divided, so that probabilities come true; null where nothing was calibrated. */
  readonly temperature: number | null;
  /**
   * What was noticed about the columns, a sentence each: those that were left out, say, and why; and that no row, or far
   * more than were asked for, is kept for validation.
   */
  readonly notices: readonly string[];
}

/** A training that runs: awaited for its history, iterated for its events, as any run. */
export type TableRun<Metric extends string = string> = TrainingRun<
  Metric,
  TableTrainingEvent<Metric>,
  TableHistory<Metric>
>;

export function historyOf<Metric extends string>(
  trained: TrainedTable,
  notices: readonly string[],
): TableHistory<Metric> {
  const { judgement: outOfFold, temperature, stopReason } = trained;
  // The option of metrics is the same for all.
  const members = trained.histories as readonly History[] as TableHistory<Metric>['members'];
  const own = { members, outOfFold, temperature, notices };
  const [only, ...others] = members;
  if (others.length === 0 && outOfFold === null) return { ...only, ...own };
  const seconds = members.reduce((sum, history) => sum + history.seconds, 0);
  const rows = members.reduce((sum, history) => sum + history.rowsPerSecond * history.seconds, 0);
  return {
    epochs: members.flatMap(({ epochs }) => epochs),
    warnings: members.flatMap(({ warnings }) => warnings),
    statistics: members.flatMap(({ statistics }) => statistics),
    stopReason,
    // Of several networks, each has its own epochs.
    bestEpoch: trained.networks.length === 1 ? only.bestEpoch : null,
    nonFinite: members.flatMap(({ nonFinite }) => nonFinite),
    seconds,
    rowsPerSecond: seconds > 0 ? rows / seconds : 0,
    threads: Math.max(...members.map(({ threads }) => threads)),
    arenaBytes: Math.max(...members.map(({ arenaBytes }) => arenaBytes)),
    ...own,
  };
}
