import type { Intervals } from '../../tables/intervals.js';
import { learnIntervals, requireIntervals } from '../../tables/trainIntervals.js';
import { buildModel } from '../../tables/trainingPlan.js';
import { UsageError } from '../arguments/usageError.js';
import type { CliContext } from '../context.js';
import { learnedTable, type TrainingData } from '../training/trainingData.js';
import { learningOptions } from '../training/trainingSettings.js';
import type { WantedTraining } from './networkTraining.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';

/** The intervals of `--intervals`, which are learned when the training is over. */

/** @throws UsageError, ArgumentError for what has no intervals */
export function requireIntervalData(data: TrainingData, { intervals }: TrainOptions): void {
  if (intervals === undefined) return;
  const { inputs, heldOut, schema, task } = data;
  if (schema.kind !== 'table' || !('values' in inputs)) {
    throw new UsageError('--intervals is for the rows of a table', 'train');
  }
  requireIntervals({ task, inputs, heldOut: heldOut ?? 0 }, intervals);
}

/**
 * @returns undefined where none are wanted, null where somebody has ended it before they were learned.
 * @throws as `learnIntervals`
 */
export async function trainIntervals(
  { data, plan, options, folder }: WantedTraining,
  { interrupted }: Pick<CliContext, 'interrupted'>,
  report: TrainReport,
): Promise<Intervals | undefined | null> {
  const { intervals: coverage, seed, threads } = options;
  if (coverage === undefined) return undefined;
  const intervals = await learnIntervals(
    {
      ...{ data: learnedTable(data), plan, coverage, seed },
      options: { ...learningOptions(options, plan), threads },
      build: (own) => buildModel({ ...options, seed: own }, data, plan),
    },
    {
      get isStopped() {
        return interrupted.aborted;
      },
      onStop: (stop) => interrupted.addEventListener('abort', stop, { once: true }),
    },
  );
  if (intervals === undefined) {
    const model = folder === undefined ? ': the model has none' : '';
    report.note(`Stopped before the intervals were learned${model}.`);
    return null;
  }
  const share = `${Number((100 * coverage).toPrecision(4))} %`;
  report.note(
    `Each prediction has a lower and an upper end, between which ${share} of the rows lay that the ends had not learned from.`,
  );
  return intervals;
}
