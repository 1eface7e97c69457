import { isObject } from '../builtins.js';
import { countRule, describeValue, requireObject } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { MonitorName } from '../network/metrics.js';
import { type Monitored, requireMonitor } from './monitor.js';
import {
  flag,
  type InputsOf,
  integer,
  number,
  optional,
  optionalNumber,
  readOnlyOptions,
  type ValuesOf,
} from './optionRows.js';

/** Options of `fit` about the loop around forward and backward pass: from the gradients to the end. */

const aboveZero = { minimum: 0, minimumExclusive: true };

const clippingRows = {
  /**
   * Largest Euclidean norm of all gradients together; larger ones are scaled down. Above 0.
   *
   * @default none
   */
  norm: optionalNumber(aboveZero),
  /**
   * Largest size of each number. Above 0.
   *
   * @default none
   */
  value: optionalNumber(aboveZero),
};

/**
 * Bounds for the gradients of an update; at least one of them. Values are bounded first, as by PyTorch's
 * `clip_grad_value_`, then the norm, as by `clip_grad_norm_`.
 */
export interface GradientClipping extends InputsOf<typeof clippingRows> {}

const averagingRows = {
  /**
   * `average = decay * average + (1 - decay) * weights`, from 0 to below 1.
   *
   * @default 0.999, that of PyTorch
   */
  decay: number({ minimum: 0, maximum: 1, maximumExclusive: true }, 0.999),
};

/**
 * An exponential moving average of the weights after every update (Polyak and Juditsky 1992). The model
 * and the validation have the averaged weights; the training goes on from the others.
 */
export interface Averaging extends InputsOf<typeof averagingRows> {}

const rollbackRows = {
  /**
   * What the learning rate is multiplied by, each time anew: above 0 and below 1.
   *
   * @default 0.5
   */
  factor: number({ minimum: 0, maximum: 1, minimumExclusive: true, maximumExclusive: true }, 0.5),
  /**
   * How often, at most, before the run ends with a DivergenceError; 1 or more.
   *
   * @default 3
   */
  times: integer(countRule, 3),
};

/**
 * Goes back to the beginning of the epoch, with all that the training knew then, and on with a lower learning rate.
 * It keeps a copy of that state in memory.
 */
export interface Rollback extends InputsOf<typeof rollbackRows> {
  readonly action: 'rollback';
}

/** What becomes of a run that comes to numbers that are not finite. */
export type OnNonFinite = 'stop' | 'skipBatch' | 'rollback' | Rollback;

export type ResolvedNonFinite =
  | { readonly action: 'stop' | 'skipBatch' }
  | ({ readonly action: 'rollback' } & ValuesOf<typeof rollbackRows>);

/** What the options that name a metric are checked against. */
export interface MonitorContext {
  readonly monitored: Monitored;
}

export const monitor = optional<string, string, MonitorContext>((given, path, { monitored }) =>
  requireMonitor(given, path, monitored),
);

const stoppingRows = {
  /**
   * What decides.
   *
   * @default the option `monitor` of the run
   */
  monitor,
  /**
   * Epochs without progress after which the run ends, 1 or more.
   *
   * @default 10
   */
  patience: integer(countRule, 10),
  /**
   * By how much what decides has to be better to count as progress.
   *
   * @default 0
   */
  minDelta: number({ minimum: 0 }, 0),
  /**
   * Whether the model gets the weights of its best epoch, however the run ends.
   *
   * @default true
   */
  restoreBest: flag(true),
};

/** Ends a run that has stopped getting better. */
export interface EarlyStopping<Metric extends string = string>
  extends InputsOf<typeof stoppingRows> {
  /**
   * What decides.
   *
   * @default the option `monitor` of the run
   */
  readonly monitor?: MonitorName<Metric> | undefined;
}

/** What follows the gradients of an update, in a run as in a loop by hand. */
export const updateRows = {
  /**
   * Bounds for the gradients of an update.
   *
   * @default none
   */
  gradientClipping: optional<GradientClipping, ValuesOf<typeof clippingRows>>(readClipping),
  /**
   * Whether the weight decay of the optimizer is also for biases and for the parameters of
   * normalisations.
   *
   * @default true, as in PyTorch
   */
  decayBiases: flag(true),
};

export type ResolvedAveraging = ValuesOf<typeof averagingRows>;
export type ResolvedStopping = ValuesOf<typeof stoppingRows>;

/** @throws ArgumentError */
function readClipping(given: unknown, path: string): ValuesOf<typeof clippingRows> {
  const bounds = readOnlyOptions(clippingRows, requireObject(given, path), path, undefined);
  if (bounds.norm !== undefined || bounds.value !== undefined) return bounds;
  throw new ArgumentError({
    path,
    expected: 'a norm or a value',
    received: 'neither',
    remedy: 'Write { norm: 1 }, say, or leave the option out.',
  });
}

/** @throws ArgumentError */
export function readNonFinite(given: unknown, path: string): ResolvedNonFinite {
  if (given === 'stop' || given === 'skipBatch') return { action: given };
  const options = given === 'rollback' ? { action: given } : given;
  if (isObject(options) && 'action' in options && options.action === 'rollback') {
    const { action, ...rest } = requireObject(options, path);
    return { action: 'rollback', ...readOnlyOptions(rollbackRows, rest, path, undefined) };
  }
  throw new ArgumentError({
    path,
    expected: "'stop', 'skipBatch', 'rollback' or an object with that action",
    received: describeValue(given),
    remedy: "Write 'skipBatch', say, or { action: 'rollback', factor: 0.5, times: 3 }.",
  });
}

/** @throws ArgumentError */
export function readAveraging(given: unknown, path: string): ResolvedAveraging {
  return readOnlyOptions(averagingRows, requireObject(given, path), path, undefined);
}

/** @throws ArgumentError */
export function readStopping(
  given: unknown,
  path: string,
  context: MonitorContext,
): ResolvedStopping {
  if (given === true) {
    throw new ArgumentError({
      path,
      expected: 'an object',
      received: 'true',
      remedy: 'Write { patience: 10 }, say.',
    });
  }
  return readOnlyOptions(stoppingRows, requireObject(given, path), path, context);
}
