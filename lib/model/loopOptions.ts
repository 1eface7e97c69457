import {
  countRule,
  describeValue,
  listOf,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';

/** Options of `fit` about the loop around forward and backward pass: from the gradients to the end. */

/**
 * Bounds for the gradients of an update; at least one of them. Values are bounded first, as by PyTorch's
 * `clip_grad_value_`, then the norm, as by `clip_grad_norm_`.
 */
export interface GradientClipping {
  /** Largest Euclidean norm of all gradients together; larger ones are scaled down. Above 0. */
  readonly norm?: number | undefined;
  /** Largest size of each number. Above 0. */
  readonly value?: number | undefined;
}

/**
 * An exponential moving average of the weights after every update (Polyak and Juditsky 1992). The model
 * and the validation have the averaged weights; the training goes on from the others.
 */
export interface Averaging {
  /** `average = decay * average + (1 - decay) * weights`. Default 0.999 (PyTorch's), from 0 to below 1. */
  readonly decay?: number | undefined;
}

/** Ends a run whose loss has stopped falling. */
export interface EarlyStopping {
  /** The loss that decides. Default that of the validation, where there is one, else of the training. */
  readonly monitor?: EarlyStoppingMonitor | undefined;
  /** Epochs without progress after which the run ends. Default 10, 1 or more. */
  readonly patience?: number | undefined;
  /** By how much a loss has to be lower to count as progress. Default 0. */
  readonly minDelta?: number | undefined;
  /** Whether the model gets the weights of its best epoch, however the run ends. Default true. */
  readonly restoreBest?: boolean | undefined;
}

const monitors = ['loss', 'validationLoss'] as const;
export type EarlyStoppingMonitor = (typeof monitors)[number];

export interface ResolvedClipping {
  readonly norm?: number;
  readonly value?: number;
}

export interface ResolvedAveraging {
  readonly decay: number;
}

export interface ResolvedEarlyStopping {
  readonly monitor: EarlyStoppingMonitor;
  readonly patience: number;
  readonly minDelta: number;
  readonly restoreBest: boolean;
}

/** What `fit` resolves of them; undefined where an option was not given. */
export interface ResolvedLoop {
  readonly accumulateBatches: number;
  readonly gradientClipping: ResolvedClipping | undefined;
  readonly decayBiases: boolean;
  readonly averaging: ResolvedAveraging | undefined;
  readonly earlyStopping: ResolvedEarlyStopping | undefined;
}

export const loopKeys = [
  'accumulateBatches',
  'gradientClipping',
  'decayBiases',
  'averaging',
  'earlyStopping',
];

/** @throws ArgumentError */
export function resolveLoop(options: Record<string, unknown>): ResolvedLoop {
  return {
    accumulateBatches: requireInteger(
      withDefault(options.accumulateBatches, 1),
      'accumulateBatches',
      { minimum: 1, maximum: 2 ** 31 - 1 },
    ),
    gradientClipping: clippingOption(options.gradientClipping),
    decayBiases: requireBoolean(withDefault(options.decayBiases, true), 'decayBiases'),
    averaging: averagingOption(options.averaging),
    earlyStopping: earlyStoppingOption(
      options.earlyStopping,
      options.validation !== undefined ? 'validationLoss' : 'loss',
    ),
  };
}

/** @throws ArgumentError */
export function clippingOption(value: unknown): ResolvedClipping | undefined {
  if (value === undefined) return undefined;
  const options = requireObject(value, 'gradientClipping');
  requireKnownKeys(options, ['norm', 'value'], 'gradientClipping');
  const rule = { minimum: 0, minimumExclusive: true };
  const bound = (name: 'norm' | 'value'): ResolvedClipping =>
    options[name] === undefined
      ? {}
      : { [name]: requireNumber(options[name], `gradientClipping.${name}`, rule) };
  const bounds = { ...bound('norm'), ...bound('value') };
  if (Object.keys(bounds).length > 0) return bounds;
  throw new ArgumentError({
    path: 'gradientClipping',
    expected: 'a norm or a value',
    received: 'neither',
    remedy: 'Write { norm: 1 }, say, or leave the option out.',
  });
}

function averagingOption(value: unknown): ResolvedAveraging | undefined {
  if (value === undefined) return undefined;
  const options = requireObject(value, 'averaging');
  requireKnownKeys(options, ['decay'], 'averaging');
  const rule = { minimum: 0, maximum: 1, maximumExclusive: true };
  return { decay: requireNumber(withDefault(options.decay, 0.999), 'averaging.decay', rule) };
}

function earlyStoppingOption(
  value: unknown,
  fallback: EarlyStoppingMonitor,
): ResolvedEarlyStopping | undefined {
  if (value === undefined) return undefined;
  const path = 'earlyStopping';
  const options = requireObject(value, path);
  requireKnownKeys(options, ['monitor', 'patience', 'minDelta', 'restoreBest'], path);
  return {
    monitor: monitorOption(withDefault(options.monitor, fallback), fallback),
    patience: requireInteger(withDefault(options.patience, 10), `${path}.patience`, countRule),
    minDelta: requireNumber(withDefault(options.minDelta, 0), `${path}.minDelta`, { minimum: 0 }),
    restoreBest: requireBoolean(withDefault(options.restoreBest, true), `${path}.restoreBest`),
  };
}

function monitorOption(value: unknown, fallback: EarlyStoppingMonitor): EarlyStoppingMonitor {
  const path = 'earlyStopping.monitor';
  const monitor = monitors.find((name) => name === value);
  if (monitor === undefined) {
    throw new ArgumentError({
      path,
      expected: listOf(monitors, 'or'),
      received: describeValue(value),
    });
  }
  if (monitor === 'loss' || fallback === 'validationLoss') return monitor;
  throw new ArgumentError({
    path,
    expected: "'loss', as there is no validation",
    received: describeValue(value),
    remedy: 'Give the option validation, 0.1 say, or monitor the loss.',
  });
}
