import { countRule, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { SpecInput } from '../network/data.js';
import type { LbfgsOptimizer, OptimizerSpec } from '../network/generated.js';
import { normaliseOptimizer } from '../network/rows.js';
import { computingRows, type SeedContext, seed } from './commonRows.js';
import { defaultBatchSize } from './fitOptions.js';
import { updateRows } from './loopOptions.js';
import {
  flag,
  type InputsOf,
  integer,
  option,
  readOnlyOptions,
  type ValuesOf,
} from './optionRows.js';

/** The optimizers of a loop by hand: all but L-BFGS, which searches along whole passes by itself. */
type TrainerOptimizerSpec = Exclude<OptimizerSpec, LbfgsOptimizer>;
type TrainerOptimizerInput = SpecInput<TrainerOptimizerSpec>;

/** What every call takes that makes one update after the other. */
const steppingRows = {
  /**
   * How the weights follow the gradient: a name, or `adam({ learningRate: 0.01 })`.
   *
   * @default `'adam'`
   */
  optimizer: option<TrainerOptimizerSpec['type'] | TrainerOptimizerInput, TrainerOptimizerSpec>(
    readOptimizer,
    'adam',
  ),
  /**
   * Rows of a forward pass at most; 2 or more with a `batchNorm` that is not frozen.
   *
   * @default 32
   */
  batchSize: integer(countRule, defaultBatchSize),
  /**
   * Seed of the random numbers of layers such as dropout, 32 bits.
   *
   * @default the seed of the model
   */
  seed,
};

/** The options of all calls that make one update after the other. */
export interface StepOptions
  extends InputsOf<typeof steppingRows>,
    InputsOf<typeof computingRows>,
    InputsOf<typeof updateRows> {}

/** The same with what is common to all trainings. */
export const stepRows = { ...steppingRows, ...computingRows, ...updateRows };

const gradientRows = {
  /**
   * Whether `inputGradient()` is wanted, which costs a product of matrices.
   *
   * @default false
   */
  inputGradient: flag(false),
};

/** Options of `model.trainer`. */
export interface TrainerOptions extends StepOptions, InputsOf<typeof gradientRows> {}

export const trainerRows = { ...stepRows, ...gradientRows };

/** As the core takes them. */
export type ResolvedTrainer = ValuesOf<typeof trainerRows>;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws ArgumentError
 */
export function resolveTrainer(input: unknown, { modelSeed }: SeedContext): ResolvedTrainer {
  return readOnlyOptions(trainerRows, requireObject(input, 'options'), '', { modelSeed });
}

function readOptimizer(value: unknown, path: string): TrainerOptimizerSpec {
  const optimizer = normaliseOptimizer(value, path);
  if (optimizer.type !== 'lbfgs') return optimizer;
  throw new ArgumentError({
    path,
    expected: 'an optimizer that makes a step from a gradient',
    received: "'lbfgs', which needs passes of its own choice over all rows",
    remedy: "Take another one here, or train with fit(data, { optimizer: 'lbfgs' }).",
  });
}
