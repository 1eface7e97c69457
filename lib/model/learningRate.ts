import { requireKnownKeys, requireNumber, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { NativeLearningRateCurve } from '../native.js';
import type { LossOption } from '../network/generated.js';
import { defaultBatchSize, type OptionsContext } from './fitOptions.js';
import {
  type Objective,
  objectiveKeys,
  type objectiveRows,
  resolveTableObjective,
  type TableLosses,
} from './objective.js';
import {
  type InputsOf,
  integer,
  number,
  option,
  readOptions,
  type ValuesOf,
} from './optionRows.js';
import { type StepOptions, stepRows } from './trainerOptions.js';

const above = (minimum: number) => ({ minimum, minimumExclusive: true });

const from = number(above(0), 1e-6);

export const rangeRows = {
  /**
   * The first rate, above 0.
   *
   * @default 1e-6
   */
  from,
  /**
   * The last rate, above `from`.
   *
   * @default 10
   */
  to: option<number, number, { readonly from: number }>(
    (given, path, first) => requireNumber(given, path, above(first.from)),
    10,
  ),
  /**
   * Updates from the first rate to the last one, 2 to 1,000,000.
   *
   * @default 100
   */
  steps: integer({ minimum: 2, maximum: 1_000_000 }, 100),
  /**
   * Weight of the past in the moving average of the losses, 0 to below 1.
   *
   * @default 0.9
   */
  smoothing: number({ minimum: 0, maximum: 1, maximumExclusive: true }, 0.9),
  /**
   * The test ends when the smoothed loss is so many times its lowest. Above 1.
   *
   * @default 4
   */
  divergence: number(above(1), 4),
};

/** Options of `findLearningRate`; the others are those of the training that it is for. */
export interface LearningRateOptions
  extends StepOptions,
    InputsOf<typeof rangeRows>,
    Pick<InputsOf<typeof objectiveRows>, 'classWeights'> {
  /**
   * What is made small.
   *
   * @default after the end of the network, as in `fit`
   */
  readonly loss?: LossOption | undefined;
  /**
   * The same of each output of a network that has several, by its name.
   *
   * @default those of outputs that are not named
   */
  readonly outputs?: Readonly<Record<string, OutputOfTest>> | undefined;
}

/** Of one output among several. */
type OutputOfTest = TableLosses[string] & Pick<LearningRateOptions, 'classWeights'>;

/** One update of the test. */
export interface LearningRatePoint {
  readonly learningRate: number;
  /** Mean loss of the batch, before the update with this rate. */
  readonly loss: number;
  /** Moving average of the losses so far. */
  readonly smoothed: number;
}

/** What the range test found. */
export interface LearningRateCurve {
  readonly points: readonly LearningRatePoint[];
  /**
   * A rate to begin with: the smaller of `steepest` and a tenth of `lowest`. Null where the loss did not
   * fall by a hundredth: another range, more steps, or a network that does not learn.
   */
  readonly suggestion: number | null;
  /** The rate at which the smoothed loss falls fastest over the logarithm of the rate. */
  readonly steepest: number | null;
  /** The rate at which the smoothed loss is lowest: from there on it rises, or the range ends. */
  readonly lowest: number;
  /** The rate at which the training diverged; null if it did not up to the end of the range. */
  readonly divergence: number | null;
}

export interface ResolvedLearningRateFinder extends ValuesOf<typeof rangeRows> {
  readonly objective: Objective;
  readonly training: ValuesOf<typeof stepRows>;
}

/** What the options say of an output. */
const measured = ['loss', 'weight', 'classWeights'] as const;

/** @throws ArgumentError */
export function resolveLearningRateFinder(
  input: unknown,
  context: OptionsContext,
): ResolvedLearningRateFinder {
  const options = requireObject(input, 'options');
  const known = [rangeRows, stepRows].flatMap(Object.keys);
  requireKnownKeys(options, [...objectiveKeys(context, measured), ...known], '');
  const first = { from: from(options.from, 'from', undefined) };
  return {
    objective: resolveTableObjective(options, context, measured, 'Try rates with model.fit.'),
    ...readOptions(rangeRows, options, '', first),
    training: readOptions(stepRows, options, '', context),
  };
}

/** @throws ArgumentError when a batch was asked for that is larger than the data. */
export function requireBatch({ training }: ResolvedLearningRateFinder, rows: number): void {
  // That of fit, too, is smaller by itself for fewer rows.
  if (training.batchSize <= rows || training.batchSize === defaultBatchSize) return;
  throw new ArgumentError({
    path: 'batchSize',
    expected: `at most the ${rows} rows of the data`,
    received: String(training.batchSize),
    remedy: 'Take that of the training.',
  });
}

/** Share of the first loss that it has to fall by, for a suggestion. */
const leastFall = 0.01;

export function learningRateCurve({
  points,
  diverged,
}: NativeLearningRateCurve): LearningRateCurve {
  // The core gives at least one point.
  const [first] = points as [LearningRatePoint];
  const last = points[points.length - 1] as LearningRatePoint;
  const lowest = points.reduce((low, point) => (point.smoothed < low.smoothed ? point : low));
  const falls = first.smoothed - lowest.smoothed > leastFall * Math.abs(first.smoothed);
  const steepest = falls ? steepestOf(points, points.indexOf(lowest)) : null;
  return {
    points,
    suggestion: steepest === null ? null : Math.min(steepest, lowest.learningRate / 10),
    steepest,
    lowest: lowest.learningRate,
    divergence: diverged ? last.learningRate : null,
  };
}

/** By central differences: all steps are equally long in the logarithm of the rate. */
function steepestOf(points: readonly LearningRatePoint[], end: number): number | null {
  let steepest: LearningRatePoint | undefined;
  let slope = 0;
  for (let place = 0; place <= end; place++) {
    const [before, point] = [points[Math.max(0, place - 1)], points[place]];
    const after = points[Math.min(points.length - 1, place + 1)];
    if (before === undefined || point === undefined || after === undefined) continue;
    const distance = Math.log(after.learningRate / before.learningRate);
    const here = (after.smoothed - before.smoothed) / distance;
    if (here < slope) [slope, steepest] = [here, point];
  }
  return steepest?.learningRate ?? null;
}
