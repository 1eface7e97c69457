import { describeValue, listOf } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { EpochResult, History, TrainingEvent } from '../model/events.js';
import type { FitOptions } from '../model/fitOptions.js';
import type { TrainingRun } from '../model/trainingRun.js';
import type { MetricLike } from '../spec/metrics.js';
import { type Direction, lossOf } from './trial.js';

/** Thrown by an objective whose trial is not worth its further epochs: no failure. */
export class TrialPruned extends Error {
  override readonly name = 'TrialPruned';

  constructor() {
    super('the trial was pruned');
  }
}

/** What a trial is judged by. */
export type Monitor<Metric extends string = string> =
  | 'loss'
  | Metric
  | ((epoch: EpochResult<Metric>) => number);

export interface MonitorOption<Metric extends string> {
  /**
   * The number that is reported after each epoch: the loss or one of the metrics, of the validation
   * where there is one, or a function of the results of the epoch. Default `'loss'`.
   */
  readonly monitor?: Monitor<NoInfer<Metric>> | undefined;
}

/** The options of the `fit` of a trial. */
export type TrialFitOptions<Options, Metric extends string> = Omit<Options, 'monitor'> &
  MonitorOption<Metric>;

/** What the `fit` of a trial gives. */
export interface TrialFit<Metric extends string = string> {
  /** The best of the values that were reported. NaN when none of them was a finite number. */
  readonly value: number;
  /** The epoch that has this value, from 1. */
  readonly epoch: number;
  readonly history: History<Metric>;
}

interface Trainable {
  fit(data: unknown, options?: unknown): TrainingRun;
}

/** What a training needs of its trial. */
export interface FittingTrial {
  readonly direction: Direction;
  readonly threads: number;
  readonly signal: AbortSignal;
  report(step: number, value: number): boolean;
}

interface FitTask {
  readonly model: Trainable;
  readonly data: unknown;
  readonly options: TrialFitOptions<FitOptions<unknown, string, MetricLike>, string>;
}

/** See `RunningTrial.fit`. */
export async function fitTrial(
  trial: FittingTrial,
  { model, data, options: { monitor = 'loss', ...options } }: FitTask,
): Promise<TrialFit> {
  const { direction } = trial;
  let best: Pick<TrialFit, 'value' | 'epoch'> = { value: Number.NaN, epoch: 0 };
  const onEvent = (event: TrainingEvent): unknown => {
    const answer: unknown = options.onEvent?.(event);
    if (event.type !== 'epoch') return answer;
    const value = monitoredValue(event, monitor);
    const isBetter = best.epoch === 0 || lossOf(value, direction) < lossOf(best.value, direction);
    if (Number.isFinite(value) && isBetter) best = { value, epoch: event.epoch };
    const isHopeless = trial.report(event.epoch, value);
    // After its last epoch there is nothing left to save.
    if (isHopeless && event.epoch < event.epochs) throw new TrialPruned();
    return answer;
  };
  const { threads = trial.threads } = options;
  const signal = options.signal ? AbortSignal.any([trial.signal, options.signal]) : trial.signal;
  const history = await model.fit(data, { ...options, threads, signal, onEvent });
  return { ...best, history };
}

function monitoredValue(epoch: EpochResult, monitor: Monitor): number {
  if (typeof monitor === 'function') return monitor(epoch);
  const { loss, metrics } = epoch.validation ?? epoch;
  const value = monitor === 'loss' ? loss : metrics[monitor];
  if (value !== undefined) return value;
  const names = ['loss', ...Object.keys(metrics)].map((name) => `'${name}'`);
  throw new ArgumentError({
    path: 'monitor',
    expected: `${listOf(names, 'or')}, or a function`,
    received: describeValue(monitor),
    remedy: 'Name the metric in the option metrics too.',
  });
}
