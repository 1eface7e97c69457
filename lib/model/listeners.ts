import { isArray, isObject } from '../builtins.js';
import { describeValue, listOf } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { NetworkSpec } from '../network/network.js';
import type { EpochResult, History, TrainingCheckpoint, TrainingEvent } from './events.js';
import type { JsonObject } from './json.js';
import type { Parameter } from './parameter.js';

/** Listeners of a run: what the option `listeners` takes. */

/** A training is about to begin. */
export interface TrainingStart {
  /** Of a pre-training: which pair of layers begins, from 1 for the outermost. */
  readonly stage?: number;
  /** Of several networks of a table that predict together: which of them begins, from 1. */
  readonly member?: number;
  /** Of a network of a table that is trained once more, on all rows: whether that last training begins. */
  readonly refit?: boolean;
  /** Epochs that were asked for. */
  readonly epochs: number;
  /** Rows that train in each of them. */
  readonly rows: number;
  /** Rows that are measured after each of them; 0 without a validation. */
  readonly validationRows: number;
  /** Results of the epochs that another process has trained, where the run goes on with its checkpoint; else empty. */
  readonly epochsBefore: readonly EpochResult[];
  /** The path of the checkpoint that the run goes on with; null where it begins. */
  readonly checkpoint: string | null;
  /** What was asked for, defaults filled in: `batchSize`, `optimizer`, … A custom loss and data are left out. */
  readonly options: JsonObject;
  /** What trains; of a pre-training, the pair of layers. */
  readonly network: TrainingNetwork;
}

/** The network of a training, for whoever watches. */
export interface TrainingNetwork {
  readonly spec: NetworkSpec;
  /** Its tensors, in the order of the layers. */
  readonly parameters: readonly Parameter[];
  /**
   * A copy of a tensor, row after row: that of the last epoch that has ended, which may be later than the one that a
   * listener was told of.
   *
   * @throws ArgumentError for an unknown name.
   */
  getParameter(name: string): Float32Array<ArrayBuffer>;
}

/** A training has ended, however it did. */
export interface TrainingEnd {
  /** Why it ended; null after an error. */
  readonly stopReason: History['stopReason'] | null;
  /** What it failed with; undefined where it did not. */
  readonly error: unknown;
}

/**
 * Is told of a run by the methods that it has. Each may be asynchronous: a listener is told of one thing at a time and in
 * order, while the training goes on. Of progress it hears the newest alone. What a method throws, or rejects with, ends
 * the run, which rejects with it.
 */
export interface RunListener<Event extends { readonly type: string } = TrainingEvent> {
  /** The training begins; of a pre-training, that of the next pair of layers. */
  onStart?(start: TrainingStart): unknown;
  /** The running state of an epoch, a few times a second. */
  onProgress?(event: Extract<Event, { readonly type: 'progress' }>): unknown;
  /** An epoch has ended. */
  onEpoch?(event: Extract<Event, { readonly type: 'epoch' }>): unknown;
  /**
   * All epochs that have ended since this listener was last told of something, at most 1024 of them: for listeners that
   * are slow, and write to a file, say.
   */
  onEpochs?(events: readonly Extract<Event, { readonly type: 'epoch' }>[]): unknown;
  /** The run has looked into its layers; with the option `statistics`. */
  onStatistics?(event: Extract<Event, { readonly type: 'statistics' }>): unknown;
  /** Something goes wrong without being an error. */
  onWarning?(event: Extract<Event, { readonly type: 'warning' }>): unknown;
  /** A checkpoint is on the disk; with the option `checkpoint`. */
  onCheckpoint?(checkpoint: TrainingCheckpoint): unknown;
  /** The training that had begun has ended: the last call. */
  onEnd?(end: TrainingEnd): unknown;
}

/** A function that is called with every event, or an object with a method for each kind of them. */
export type RunListenerOption<Event extends { readonly type: string } = TrainingEvent> =
  | ((event: Event) => unknown)
  | RunListener<Event>;

const methods = [
  'onStart',
  'onProgress',
  'onEpoch',
  'onEpochs',
  'onStatistics',
  'onWarning',
  'onCheckpoint',
  'onEnd',
] as const;

/** A listener that has been checked, whatever its run tells. */
export type AnyListener = ((event: never) => unknown) | RunListener<{ readonly type: string }>;

/** Whether a value is an object that runs could tell of something. */
export function isListenerObject(value: unknown): boolean {
  return isObject(value) && methods.some((name) => name in value);
}

/** @throws ArgumentError */
export function readListeners(given: unknown, path: string): readonly AnyListener[] {
  if (!isArray(given)) throw notListeners(given, path, 'an array of listeners');
  // Unlike the array's own method, this asks for its holes too.
  return Array.from(given, (listener, index) => readListener(listener, `${path}[${index}]`));
}

function readListener(given: unknown, path: string): AnyListener {
  if (typeof given === 'function') return given as AnyListener;
  if (!isObject(given)) throw notListeners(given, path, listenerForms);
  const listener = given as Partial<Record<string, unknown>>;
  const present = methods.filter((name) => listener[name] !== undefined);
  if (present.length === 0) throw notListeners(given, path, listenerForms);
  for (const name of present) {
    if (typeof listener[name] === 'function') continue;
    throw notListeners(listener[name], `${path}.${name}`, 'a function');
  }
  return listener as AnyListener;
}

const listenerForms = `a function, or an object with one or more of the methods ${listOf(methods, 'and')}`;

function notListeners(given: unknown, path: string, expected: string): ArgumentError {
  return new ArgumentError({ path, expected, received: describeValue(given) });
}
