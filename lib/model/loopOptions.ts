import {
  countRule,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { MonitorName } from '../network/metrics.js';
import { type Monitored, monitorOption } from './monitor.js';

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

/** Ends a run that has stopped getting better. */
export interface EarlyStopping<Metric extends string = string> {
  /** What decides. Default the option `monitor` of the run. */
  readonly monitor?: MonitorName<Metric> | undefined;
  /** Epochs without progress after which the run ends. Default 10, 1 or more. */
  readonly patience?: number | undefined;
  /** By how much what decides has to be better to count as progress. Default 0. */
  readonly minDelta?: number | undefined;
  /** Whether the model gets the weights of its best epoch, however the run ends. Default true. */
  readonly restoreBest?: boolean | undefined;
}

export interface ResolvedClipping {
  readonly norm?: number;
  readonly value?: number;
}

export interface ResolvedAveraging {
  readonly decay: number;
}

export interface ResolvedEarlyStopping {
  readonly monitor: string;
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
  readonly monitor: string;
  readonly earlyStopping: ResolvedEarlyStopping | undefined;
}

export const loopKeys = [
  'accumulateBatches',
  'gradientClipping',
  'decayBiases',
  'averaging',
  'monitor',
  'earlyStopping',
];

/** @throws ArgumentError */
export function resolveLoop(
  options: Record<string, unknown>,
  metrics: readonly string[],
): ResolvedLoop {
  const monitored = { metrics, validates: options.validation !== undefined };
  const monitor =
    monitorOption(options.monitor, 'monitor', monitored) ??
    (monitored.validates ? 'validation.loss' : 'loss');
  return {
    accumulateBatches: requireInteger(
      withDefault(options.accumulateBatches, 1),
      'accumulateBatches',
      { minimum: 1, maximum: 2 ** 31 - 1 },
    ),
    gradientClipping: clippingOption(options.gradientClipping),
    decayBiases: requireBoolean(withDefault(options.decayBiases, true), 'decayBiases'),
    averaging: averagingOption(options.averaging),
    monitor,
    earlyStopping: earlyStoppingOption(options.earlyStopping, monitored, monitor),
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
  monitored: Monitored,
  fallback: string,
): ResolvedEarlyStopping | undefined {
  if (value === undefined) return undefined;
  const path = 'earlyStopping';
  if (value === true) {
    throw new ArgumentError({
      path,
      expected: 'an object',
      received: 'true',
      remedy: 'Write { patience: 10 }, say.',
    });
  }
  const options = requireObject(value, path);
  requireKnownKeys(options, ['monitor', 'patience', 'minDelta', 'restoreBest'], path);
  return {
    monitor: monitorOption(options.monitor, `${path}.monitor`, monitored) ?? fallback,
    patience: requireInteger(withDefault(options.patience, 10), `${path}.patience`, countRule),
    minDelta: requireNumber(withDefault(options.minDelta, 0), `${path}.minDelta`, { minimum: 0 }),
    restoreBest: requireBoolean(withDefault(options.restoreBest, true), `${path}.restoreBest`),
  };
}
