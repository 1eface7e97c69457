import { setImmediate as nextTurn } from 'node:timers/promises';
import { optionalFunction, optionalSignal, withDefault } from '../checks.js';
import { Listener } from '../listener.js';
import { type CheckpointTiming, readTiming } from '../model/checkpoints/options.js';
import type { OpenStore } from '../model/checkpoints/runStore.js';
import type { History, TrainingEpochEvent, TrainingEvent } from '../model/events.js';
import type { FitOptions } from '../model/fitOptions.js';
import { readListeners, type TrainingStart } from '../model/listeners.js';
import type { MetricName } from '../network/generated.js';
import { anySignal } from '../signals.js';
import { type Direction, lossOf } from './trial.js';
import {
  type Monitor,
  type MonitorOption,
  type ResolvedMonitor,
  resolveMonitor,
} from './trialMonitor.js';
import { openTrialStore } from './trialStore.js';

/** Thrown by an objective whose trial is not worth its further epochs: no failure. */
export class TrialPruned extends Error {
  override readonly name = 'TrialPruned';

  constructor() {
    super('the trial was pruned');
  }
}

/** The options of the `fit` of a trial. */
export type TrialFitOptions<Options, Metric extends string> = Omit<
  Options,
  'monitor' | 'checkpoint' | 'resume'
> &
  MonitorOption<Metric> & {
    /**
     * When checkpoints are taken, where the study has a journal: beside it they lie until the trial has ended, and a
     * study that goes on goes on with the trainings of its trials.
     *
     * @default every 60 seconds
     */
    readonly checkpoint?: CheckpointTiming | undefined;
  };

/** What the `fit` of a trial gives. */
export interface TrialFit<Metric extends string = string> {
  /** The best of the values that were reported. NaN when none of them was a finite number. */
  readonly value: number;
  /** The epoch that has this value, from 1. */
  readonly epoch: number;
  readonly history: History<Metric>;
}

interface Trainable {
  readonly engine: {
    fit(data: unknown, options: unknown, own: OpenStore | undefined): PromiseLike<History>;
  };
}

/** What a training needs of its trial. */
export interface FittingTrial {
  readonly direction: Direction;
  /** Told by which name the trial is judged, and which values of it are good. */
  settleDirection(direction: Direction, monitor: string): void;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** A folder for the checkpoints of its next training, the same each time; undefined where there is no journal. */
  nextFolder(): string | undefined;
  report(step: number, value: number): boolean;
}

interface FitTask {
  readonly model: Trainable;
  readonly data: unknown;
  readonly options: TrialFitOptions<FitOptions<unknown, string, MetricName>, string>;
}

/** See `RunningTrial.fit`. */
export async function fitTrial(
  trial: FittingTrial,
  { model, data, options: { monitor = 'loss', checkpoint, ...options } }: FitTask,
): Promise<TrialFit> {
  const { name, read } = settledMonitor(trial, monitor, options);
  const { direction } = trial;
  const listener = listenerOf(options.onEvent);
  let best: Pick<TrialFit, 'value' | 'epoch'> = { value: Number.NaN, epoch: 0 };
  const judge = (event: TrainingEpochEvent): void => {
    const value = read(event);
    const isBetter = best.epoch === 0 || lossOf(value, direction) < lossOf(best.value, direction);
    if (Number.isFinite(value) && isBetter) best = { value, epoch: event.epoch };
    const isHopeless = trial.report(event.epoch, value);
    // After its last epoch there is nothing left to save.
    if (isHopeless && event.epoch < event.epochs) throw new TrialPruned();
  };
  const folder = trial.nextFolder();
  const timing = readTiming(withDefault(checkpoint, {}), 'checkpoint');
  // What another process has trained counts as if it had been trained here.
  const onStart = ({ epochsBefore, epochs }: TrainingStart): void => {
    for (const epoch of epochsBefore) judge({ type: 'epoch', ...epoch, epochs });
  };
  const onEvent = (event: TrainingEvent): Promise<void> | undefined => {
    listener.tell(event);
    listener.throwFailure();
    if (event.type === 'epoch') judge(event);
    return listener.isBusy ? outcomeOf(listener) : undefined;
  };
  const { threads = trial.threads } = options;
  const given = optionalSignal(options.signal, 'signal');
  const signal = given ? anySignal(trial.signal, given) : trial.signal;
  // What early stopping goes by is what the trial is judged by.
  const monitored = name === undefined ? {} : { monitor: name };
  try {
    const own = { ...monitored, threads, signal, onEvent };
    const others = options.listeners && readListeners(options.listeners, 'listeners');
    const listeners = [{ onStart }, ...(others ?? [])];
    const history = await model.engine.fit(
      data,
      { ...options, ...own, listeners },
      folder === undefined ? undefined : () => openTrialStore(folder, timing),
    );
    return { ...best, history };
  } catch (error) {
    // What the listener rejects with at once counts more than that the trial was pruned meanwhile.
    await nextTurn();
    listener.throwFailure();
    throw error;
  }
}

function listenerOf(onEvent: unknown): Listener<TrainingEvent> {
  const call = optionalFunction(onEvent, 'onEvent') as
    | ((event: TrainingEvent) => unknown)
    | undefined;
  return new Listener(call);
}

/** Fulfils once an asynchronous listener is done; rejects with what it has failed with. */
async function outcomeOf(listener: Listener<TrainingEvent>): Promise<void> {
  await listener.settled();
  listener.throwFailure();
}

/**
 * The monitor of a trial, whose direction is then that of the study.
 *
 * @throws ArgumentError for what is not measured, or goes in the other direction.
 */
function settledMonitor(
  trial: Pick<FittingTrial, 'settleDirection'>,
  monitor: Monitor,
  options: Parameters<typeof resolveMonitor>[1],
): ResolvedMonitor {
  const resolved = resolveMonitor(monitor, options);
  const { direction } = resolved;
  if (direction !== undefined) trial.settleDirection(direction, String(monitor));
  return resolved;
}
