import { ArgumentError } from '../errors.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import type { RunControl } from '../model/trainingRun.js';
import type { Intervals } from './intervals.js';
import { type EncodedTable, type MemberRows, memberFolds } from './memberFolds.js';
import { type ScaledFold, scaledFold } from './memberScales.js';
import type { Member } from './members.js';
import { trainingRows } from './tableData.js';
import type { LearnedTable } from './tableTraining.js';
import type { TableTask, TrainingPlan } from './trainingPlan.js';

/** The training of the networks of intervals, behind those that predict. */

export interface IntervalTraining {
  readonly data: LearnedTable;
  /** Of the networks that predict; of a single one, a tenth of the rows judges the intervals, or more of few rows. */
  readonly plan: TrainingPlan;
  readonly coverage: number;
  readonly seed: number;
  /** Of `fit` of the networks that predict. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly build: (seed: number) => Member;
}

/** Options that are about the networks that predict, or about all that they are told of. */
const notForEnds = [
  ...['checkpoint', 'resume', 'timeLimit', 'warmStart'],
  ...['loss', 'metrics', 'monitor', 'earlyStopping', 'statistics'],
] as const;

/** As many parts of the rows as one of them is a tenth. */
const partsForOne = 10;

/**
 * Trains a network for each end on all folds but one, which judges it. Where a single one is wanted, and one fold is too few
 * rows to tell of such a share, the next ones join it.
 *
 * @returns undefined where it is stopped before its end.
 * @throws as `requireIntervals` and `fit`
 */
export async function learnIntervals(
  training: IntervalTraining,
  control: Pick<RunControl<never>, 'isStopped' | 'onStop'>,
): Promise<Intervals | undefined> {
  const { data, plan, coverage, seed } = training;
  requireIntervals(data, coverage);
  const rows = rowsFor(data, plan);
  const parts = plan.members > 1 ? plan.members : Math.min(partsForOne, rows.inputs.rows);
  const lower: Sequential[] = [];
  const upper: Sequential[] = [];
  const misses: number[] = [];
  for (const fold of memberFolds(rows, { members: parts, seed, task: 'regression' })) {
    const ends = await trainEnds(training, fold, (seed + lower.length) >>> 0, control);
    if (ends === undefined) return undefined;
    lower.push(ends.low);
    upper.push(ends.high);
    misses.push(...ends.misses);
    if (plan.members === 1 && canJudge(misses.length, coverage)) break;
  }
  return {
    ...{ coverage, widening: wideningOf(Float64Array.from(misses), coverage), rows: misses.length },
    lower: lower as [Sequential, ...Sequential[]],
    upper: upper as [Sequential, ...Sequential[]],
  };
}

/** @throws ArgumentError for a target that is no number, and for fewer rows than tell of such a share */
export function requireIntervals(
  { task, inputs, heldOut }: Pick<LearnedTable, 'task' | 'inputs' | 'heldOut'>,
  coverage: number,
): void {
  if (task !== 'regression') throw ofNumbers(task);
  requireRows(inputs.rows - heldOut, coverage);
}

function ofNumbers(task: TableTask): ArgumentError {
  return new ArgumentError({
    path: 'intervals',
    expected: 'none but for a target of numbers',
    received: `a model for ${task}`,
    remedy:
      task === 'classification' ? 'How sure the model is, its probabilities say.' : 'Leave it out.',
  });
}

/** Rows that the caller has named for validation stay unseen. */
function rowsFor(data: LearnedTable, { members, refits }: TrainingPlan): EncodedTable {
  const { inputs, targets } = members > 1 || refits ? data : trainingRows(data);
  if (targets === null) throw ofNumbers(data.task);
  return { inputs, targets, groups: data.groups?.subarray(0, inputs.rows) ?? null };
}

interface Ends {
  readonly low: Sequential;
  readonly high: Sequential;
  /** How far targets of rows that are held out lie beyond the nearer end; below 0 within. */
  readonly misses: readonly number[];
}

/** @returns undefined where it is stopped before its end. */
async function trainEnds(
  training: IntervalTraining,
  rows: MemberRows,
  seed: number,
  control: Pick<RunControl<never>, 'isStopped' | 'onStop'>,
): Promise<Ends | undefined> {
  const { data, coverage, options } = training;
  const low = endOf(training.build(seed));
  const high = endOf(training.build(seed));
  const fold = scaledFold(rows, data.schema, low, true);
  for (const [end, tau] of [
    [low, (1 - coverage) / 2],
    [high, (1 + coverage) / 2],
  ] as const) {
    if (control.isStopped) return undefined;
    await trainEnd(end, tau, training, fold, seed, control);
  }
  if (control.isStopped) return undefined;
  const misses = await missesOf(low, high, fold, options);
  fold.join(low);
  fold.join(high);
  return { low, high, misses };
}

function endOf(network: Member): Sequential {
  if (network.kind === 'sequential') return network;
  throw ofNumbers('autoencoding');
}

async function trainEnd(
  network: Sequential,
  tau: number,
  { options, plan: { epochs, batchSize } }: IntervalTraining,
  { training: rows }: ScaledFold,
  seed: number,
  control: Pick<RunControl<never>, 'onStop'>,
): Promise<void> {
  const own = Object.entries(options).filter(([name]) => !notForEnds.some((not) => not === name));
  const run = network.engine.fit(rows, {
    ...Object.fromEntries(own),
    // Of few rows, a part is less than the batch of them all.
    ...{ epochs, batchSize: Math.min(batchSize, rows.inputs.rows), seed },
    loss: { type: 'quantile', tau },
  });
  control.onStop(() => run.stop());
  await run;
}

async function missesOf(
  low: Sequential,
  high: Sequential,
  fold: ScaledFold,
  { threads }: PredictOptions,
): Promise<readonly number[]> {
  const { inputs } = fold.heldOut;
  const { outputs: lower, targets } = fold.judged(await low.predict(inputs, { threads }));
  const { outputs: upper } = fold.judged(await high.predict(inputs, { threads }));
  return Array.from(targets, (target, row) => {
    const ends = [lower.values[row] as number, upper.values[row] as number] as const;
    return Math.max(Math.min(...ends) - target, target - Math.max(...ends));
  });
}

/** Whether the widening that is wanted is one that rows have shown, and not more than any of them. */
function canJudge(rows: number, coverage: number): boolean {
  return rankOf(rows, coverage) <= rows;
}

/** The smallest widening by which the share, and one row more, would have been held. */
export function wideningOf(misses: Float64Array, coverage: number): number {
  const sorted = misses.slice().sort();
  const rank = rankOf(sorted.length, coverage);
  return sorted[Math.min(rank, sorted.length) - 1] as number;
}

/** How many of the rows, and one more, are to be held. */
function rankOf(rows: number, coverage: number): number {
  return wholeAbove((rows + 1) * coverage);
}

/** The next whole number, where shares such as 1 / (1 - 0.9) are a trace above 10 in floating point. */
function wholeAbove(count: number): number {
  return Math.ceil(count - 1e-9);
}

/** Of fewer rows, not one may lie outside. */
function requireRows(rows: number, coverage: number): void {
  const fewest = wholeAbove(1 / (1 - coverage)) + 1;
  if (rows >= fewest) return;
  throw new ArgumentError({
    path: 'intervals',
    expected: `a share that ${rows} rows can tell of, at most ${(1 - 1 / Math.max(1, rows - 1)).toFixed(3)}`,
    received: String(coverage),
    remedy: `Give ${fewest} rows or more to learn from, or leave it out.`,
  });
}
