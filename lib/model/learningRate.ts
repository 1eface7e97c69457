import {
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { NativeLearningRateCurve, NativeTrainerOptions } from '../native.js';
import type { LossOption } from '../network/generated.js';
import type { ClassWeights } from './classWeights.js';
import { defaultBatchSize, type OptionsContext } from './fitOptions.js';
import { requireModel, type Trainable } from './model.js';
import {
  type Objective,
  objectiveKeys,
  resolveTableObjective,
  type TableLosses,
} from './objective.js';
import {
  nativeTrainerOptions,
  resolveTrainer,
  type TrainerOptions,
  updateKeys,
} from './trainerOptions.js';

/** Options of `findLearningRate`; the others are those of the training that it is for. */
export interface LearningRateOptions extends Omit<TrainerOptions, 'inputGradient'> {
  /** Default after the end of the network, as in `fit`. */
  readonly loss?: LossOption | undefined;
  /** The same of each output of a network that has several, by its name. */
  readonly outputs?: Readonly<Record<string, OutputOfTest>> | undefined;
  /** How much the rows of each class count in the loss, as in `fit`. Default all the same. */
  readonly classWeights?: ClassWeights | undefined;
  /** The first rate, above 0. Default 1e-6. */
  readonly from?: number | undefined;
  /** The last rate, above `from`. Default 10. */
  readonly to?: number | undefined;
  /** Updates from the first rate to the last one, 2 to 1,000,000. Default 100. */
  readonly steps?: number | undefined;
  /** Weight of the past in the moving average of the losses, 0 to below 1. Default 0.9. */
  readonly smoothing?: number | undefined;
  /** The test ends when the smoothed loss is so many times its lowest. Above 1, default 4. */
  readonly divergence?: number | undefined;
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

/**
 * The range test of learning rates (Smith 2017, Cyclical Learning Rates for Training Neural Networks):
 * trains a copy of the model for some updates, with a rate that grows exponentially from one to the
 * next, and watches the loss. Too low a rate leaves it where it is, a good one makes it fall, too high
 * a one makes it rise.
 *
 * ```ts
 * const { suggestion } = await findLearningRate(model, data, { optimizer: 'adam' });
 * await model.fit(data, { optimizer: adam({ learningRate: suggestion ?? 0.001 }) });
 * ```
 *
 * @param model The model is not changed. The test begins with its weights.
 * @param data As of `fit`.
 * @param options Optimizer, batchSize, gradientClipping and so on as they will be in `fit`: the rate that
 * suits one does not suit another. The rate of the optimizer itself does not matter.
 * @throws ArgumentError, ShapeError, DataError, MemoryError; DivergenceError when the first loss is not
 * finite
 */
export async function findLearningRate<Kind extends Trainable>(
  model: Kind,
  data: Parameters<Kind['fit']>[0],
  options: LearningRateOptions = {},
): Promise<LearningRateCurve> {
  requireModel(model);
  return model.engine.findLearningRate(data, options);
}

export interface ResolvedLearningRateFinder {
  readonly objective: Objective;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly smoothing: number;
  readonly divergence: number;
  readonly training: NativeTrainerOptions;
}

const keys = ['from', 'to', 'steps', 'smoothing', 'divergence'];

/** @throws ArgumentError */
export function resolveLearningRateFinder(
  input: unknown,
  context: OptionsContext,
): ResolvedLearningRateFinder {
  const options = requireObject(input, 'options');
  requireKnownKeys(
    options,
    [...objectiveKeys(context, ['loss', 'classWeights']), ...keys, ...updateKeys],
    '',
  );
  const above = (name: string, fallback: number, minimum: number) =>
    requireNumber(withDefault(options[name], fallback), name, { minimum, minimumExclusive: true });
  const from = above('from', 1e-6, 0);
  const training = Object.fromEntries(
    Object.entries(options).filter(([name]) => updateKeys.includes(name)),
  );
  return {
    objective: resolveTableObjective(options, context, 'Try rates with model.fit.', [
      'classWeights',
    ]),
    from,
    to: above('to', 10, from),
    steps: requireInteger(withDefault(options.steps, 100), 'steps', {
      minimum: 2,
      maximum: 1_000_000,
    }),
    smoothing: requireNumber(withDefault(options.smoothing, 0.9), 'smoothing', {
      minimum: 0,
      maximum: 1,
      maximumExclusive: true,
    }),
    divergence: above('divergence', 4, 1),
    training: nativeTrainerOptions(resolveTrainer(training, context)),
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
