import {
  countRule,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireObject,
  seedRule,
  threadsRule,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { NativeTrainerOptions } from '../native.js';
import type { SpecInput } from '../network/data.js';
import type { LbfgsOptimizer, OptimizerSpec } from '../network/generated.js';
import { normaliseOptimizer } from '../network/rows.js';
import {
  defaultBatchSize,
  type OptionsContext,
  optionalInteger,
  type Precision,
  precisionOption,
} from './fitOptions.js';
import { clippingOption, type GradientClipping, type ResolvedClipping } from './loopOptions.js';

/** The optimizers of a loop by hand: all but L-BFGS, which searches along whole passes by itself. */
type TrainerOptimizerSpec = Exclude<OptimizerSpec, LbfgsOptimizer>;
type TrainerOptimizerInput = SpecInput<TrainerOptimizerSpec>;

/** Options of `model.trainer`. */
export interface TrainerOptions {
  /** How the weights follow the gradient: a name, or `adam({ learningRate: 0.01 })`. Default adam. */
  readonly optimizer?: TrainerOptimizerSpec['type'] | TrainerOptimizerInput | undefined;
  /** Rows of a forward pass at most; 2 or more with a `batchNorm` that is not frozen. Default 32. */
  readonly batchSize?: number | undefined;
  /** Seed of the random numbers of layers such as dropout, 32 bits. Default the seed of the model. */
  readonly seed?: number | undefined;
  /** Threads that compute. Default the cores available; the result does not depend on it. */
  readonly threads?: number | undefined;
  /** Default `'float32'`. */
  readonly precision?: Precision | undefined;
  /** Bounds for the gradients of a step. Default none. */
  readonly gradientClipping?: GradientClipping | undefined;
  /** Whether the weight decay of the optimizer is also for biases and normalisations. Default true. */
  readonly decayBiases?: boolean | undefined;
  /** Whether `inputGradient()` is wanted, which costs a product of matrices. Default false. */
  readonly inputGradient?: boolean | undefined;
}

export interface ResolvedTrainer {
  readonly optimizer: TrainerOptimizerSpec;
  readonly batchSize: number;
  readonly seed: number;
  readonly threads: number | undefined;
  readonly precision: Precision | undefined;
  readonly gradientClipping: ResolvedClipping | undefined;
  readonly decayBiases: boolean;
  readonly inputGradient: boolean;
}

/** The options about updates, which others take too. */
export const updateKeys = [
  'optimizer',
  'batchSize',
  'seed',
  'threads',
  'precision',
  'gradientClipping',
  'decayBiases',
];

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ArgumentError
 */
export function resolveTrainer(
  input: unknown,
  { modelSeed }: Pick<OptionsContext, 'modelSeed'>,
): ResolvedTrainer {
  const options = requireObject(input, 'options');
  requireKnownKeys(options, [...updateKeys, 'inputGradient'], '');
  return {
    optimizer: optimizerOption(withDefault(options.optimizer, 'adam')),
    batchSize: requireInteger(
      withDefault(options.batchSize, defaultBatchSize),
      'batchSize',
      countRule,
    ),
    seed: requireInteger(withDefault(options.seed, modelSeed), 'seed', seedRule),
    threads: optionalInteger(options.threads, 'threads', threadsRule),
    precision: precisionOption(options.precision),
    gradientClipping: clippingOption(options.gradientClipping),
    decayBiases: requireBoolean(withDefault(options.decayBiases, true), 'decayBiases'),
    inputGradient: requireBoolean(withDefault(options.inputGradient, false), 'inputGradient'),
  };
}

/** The same without what was not given. */
export function nativeTrainerOptions({
  threads,
  precision,
  gradientClipping,
  ...options
}: ResolvedTrainer): NativeTrainerOptions {
  return {
    ...options,
    ...(threads !== undefined && { threads }),
    ...(precision !== undefined && { precision }),
    ...(gradientClipping !== undefined && { gradientClipping }),
  };
}

function optimizerOption(value: unknown): TrainerOptimizerSpec {
  const optimizer = normaliseOptimizer(value, 'optimizer');
  if (optimizer.type !== 'lbfgs') return optimizer;
  throw new ArgumentError({
    path: 'optimizer',
    expected: 'an optimizer that makes a step from a gradient',
    received: "'lbfgs', which needs passes of its own choice over all rows",
    remedy: "Take another one here, or train with fit(data, { optimizer: 'lbfgs' }).",
  });
}
