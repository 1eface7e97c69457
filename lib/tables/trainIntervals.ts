import { ArgumentError } from '../errors.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import type { RunControl } from '../model/trainingRun.js';
import type { Intervals } from './intervals.js';
import { type EncodedTable, type MemberRows, memberFolds } from './memberFolds.js';
import type { Member } from './members.js';
import { trainingRows } from './tableData.js';
import type { LearnedTable } from './tableTraining.js';
import type { TableTask, TrainingPlan } from './trainingPlan.js';

/** The training of the networks of intervals, behind those that predict. */

export interface IntervalTraining {
  readonly data: EncodedTable;
  readonly coverage: number;
  /** Networks that predict together; of a single one, a tenth of the rows judges the intervals, or more of few rows. */
  readonly members: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Of `fit` of each network, but for its data and what is above. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly build: (seed: number) => Sequential;
}

/** What a model of a table has them learn, with its own options. */
export interface LearnedIntervals {
  readonly data: LearnedTable;
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

/** @throws as `requireIntervals` and `trainIntervals` */
export async function learnIntervals(
  { data, plan, coverage, seed, options, build }: LearnedIntervals,
  control: Pick<RunControl<never>, 'isStopped' | 'onStop'>,
): Promise<Intervals | undefined> {
  requireIntervals(data, coverage);
  const own = Object.entries(options).filter(([name]) => !notForEnds.some((not) => not === name));
  const { members, epochs, batchSize, refits } = plan;
  // Rows that the caller has named for validation stay unseen.
  const { inputs, targets } = members > 1 || refits ? data : trainingRows(data);
  if (targets === null) throw ofNumbers(data.task);
  const groups = data.groups?.subarray(0, inputs.rows) ?? null;
  return await trainIntervals(
    {
      ...{ data: { inputs, targets, groups }, coverage, members, epochs, batchSize, seed },
      options: Object.fromEntries(own),
      build: (of) => sequentialOf(build(of)),
    },
    control,
  );
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

function sequentialOf(network: Member): Sequential {
  if (network.kind === 'sequential') return network;
  throw ofNumbers('autoencoding');
}

/** As many parts of the rows as one of them is a tenth. */
const partsForOne = 10;

/**
 * Trains a network for each end on all folds but one, which judges it. Where a single one is wanted, and one fold is too few
 * rows to tell of such a share, the next ones join it.
 *
 * @returns undefined where it is stopped before its end.
 * @throws as `fit`
 */
export async function trainIntervals(
  training: IntervalTraining,
  control: Pick<RunControl<never>, 'isStopped' | 'onStop'>,
): Promise<Intervals | undefined> {
  const { data, coverage, members, seed } = training;
  const parts = members > 1 ? members : Math.min(partsForOne, data.inputs.rows);
  const folds = { members: parts, seed, task: 'regression' } as const;
  const lower: Sequential[] = [];
  const upper: Sequential[] = [];
  const misses: Float64Array[] = [];
  let judging = 0;
  for (const rows of memberFolds(data, folds)) {
    const own = seed + lower.length;
    const ends: Sequential[] = [];
    for (const tau of [(1 - coverage) / 2, (1 + coverage) / 2]) {
      if (control.isStopped) return undefined;
      ends.push(await trainEnd(training, { rows, tau, seed: own >>> 0 }, control));
    }
    if (control.isStopped) return undefined;
    const [low, high] = ends as [Sequential, Sequential];
    misses.push(await missesOf(low, high, rows.heldOut, training.options));
    lower.push(low);
    upper.push(high);
    judging += rows.heldOut.inputs.rows;
    if (members === 1 && canJudge(judging, coverage)) break;
  }
  const all = Float64Array.from(misses.flatMap((each) => [...each]));
  return {
    ...{ coverage, widening: wideningOf(all, coverage), rows: all.length },
    lower: lower as [Sequential, ...Sequential[]],
    upper: upper as [Sequential, ...Sequential[]],
  };
}

interface End {
  readonly rows: MemberRows;
  readonly tau: number;
  readonly seed: number;
}

async function trainEnd(
  { options, epochs, batchSize, build }: IntervalTraining,
  { rows, tau, seed }: End,
  control: Pick<RunControl<never>, 'onStop'>,
): Promise<Sequential> {
  const network = build(seed);
  const run = network.engine.fit(rows.training, {
    ...options,
    // Of few rows, a part is less than the batch of them all.
    ...{ epochs, batchSize: Math.min(batchSize, rows.training.inputs.rows), seed },
    loss: { type: 'quantile', tau },
  });
  control.onStop(() => run.stop());
  await run;
  return network;
}

/** How far targets lie beyond the nearer end; below 0 within. */
async function missesOf(
  low: Sequential,
  high: Sequential,
  { inputs, targets }: Pick<EncodedTable, 'inputs' | 'targets'>,
  { threads }: PredictOptions,
): Promise<Float64Array> {
  const lower = await low.predict(inputs, { threads });
  const upper = await high.predict(inputs, { threads });
  return Float64Array.from(targets, (target, row) => {
    const ends = [lower.values[row] as number, upper.values[row] as number] as const;
    return Math.max(Math.min(...ends) - target, target - Math.max(...ends));
  });
}

/** Whether the widening that is wanted is one that rows have shown, and not more than any of them. */
function canJudge(rows: number, coverage: number): boolean {
  return Math.ceil((rows + 1) * coverage - 1e-9) <= rows;
}

/** The smallest widening by which the share, and one row more, would have been held. */
export function wideningOf(misses: Float64Array, coverage: number): number {
  const sorted = misses.slice().sort();
  const rank = Math.ceil((sorted.length + 1) * coverage);
  return sorted[Math.min(rank, sorted.length) - 1] as number;
}

/** Of fewer rows, not one may lie outside. */
function requireRows(rows: number, coverage: number): void {
  // 1 / (1 - 0.9) is a trace above 10 in floating point.
  const fewest = Math.ceil(1 / (1 - coverage) - 1e-9) + 1;
  if (rows >= fewest) return;
  throw new ArgumentError({
    path: 'intervals',
    expected: `a share that ${rows} rows can tell of, at most ${(1 - 1 / Math.max(1, rows - 1)).toFixed(3)}`,
    received: String(coverage),
    remedy: `Give ${fewest} rows or more to learn from, or leave it out.`,
  });
}
