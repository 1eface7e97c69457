import { optionalFunction, optionalSignal, requireBoolean } from '../checks.js';
import { ArgumentError } from '../errors.js';
import { hearsSignals } from '../processSignals.js';
import {
  type CheckpointOptions,
  type ResolvedCheckpoint,
  type Resume,
  readCheckpoint,
  readResume,
} from './checkpoints/options.js';
import type { TrainingEvent } from './events.js';
import { type AnyListener, readListeners } from './listeners.js';
import { option, optional } from './optionRows.js';
import type { PreparedRun } from './trainingRun.js';
import { type ResolvedValidation, readValidation, type Validation } from './validationOption.js';

type Listening = (event: TrainingEvent) => unknown;

/** What a run is told about besides: the core knows none of it. */
export const runRows = {
  validation: optional<Validation<unknown>, ResolvedValidation>(readValidation),
  /**
   * Ends the training after the batch that runs; the run then rejects with the signal's reason.
   *
   * @default none
   */
  signal: optional<AbortSignal, AbortSignal | undefined>(optionalSignal),
  /**
   * Whether the signals of the process are for this run: SIGTERM and SIGINT (Ctrl-C) end it as `stop()` does, and
   * SIGUSR2 writes a checkpoint, where the run keeps some; on Windows, SIGINT and SIGBREAK end it. A second signal that
   * asks to end, a second later or more, ends the process at once. The handlers are there while runs train that have this
   * option, and Node does not end the process for these signals meanwhile: what is behind `await` goes on, and decides.
   * Only for the main thread; worker threads hear of no signals.
   *
   * @default false
   */
  handleSignals: option<boolean, boolean>(readHandleSignals, false),
  onEvent: optional<(event: never) => unknown, Listening>(
    (given, path) => optionalFunction(given, path) as Listening,
  ),
  listeners: optional<readonly AnyListener[], readonly AnyListener[]>(readListeners),
  /**
   * Keeps checkpoints, with which another process can go on where this one was ended: bit by bit as if it had not been.
   * A run that begins wants a folder without checkpoints; to go on with those, give `resume` too. What cannot be written
   * does not end the run: it warns, and tries again with the next one.
   *
   * @default none
   */
  checkpoint: optional<CheckpointOptions, ResolvedCheckpoint>(readCheckpoint),
  /**
   * Goes on with a checkpoint: `'auto'` with the newest whole one of the folder of `checkpoint`, if there is one, and
   * begins otherwise, so that the same program starts a job and continues it; the path of a checkpoint, or of a folder
   * with some, wants it to be there. Data, network and options have to be what they were, but for `epochs`, `threads`,
   * `timeLimit`, `checkpoint`, `resume` and those about listeners and signals. The epochs before are in the history, and
   * nobody is told of them again.
   *
   * @default false
   */
  resume: option<false | 'auto' | (string & {}), Resume>(readResume, false),
};

/** What a run of several trainings takes for itself, and none of them is told. */
type RunOptions<Event extends TrainingEvent> = Pick<
  PreparedRun<Event, never>,
  'signal' | 'handleSignals' | 'onEvent' | 'listeners'
>;

/**
 * Reads those of such a run.
 *
 * @throws ArgumentError
 */
export function readRunOptions<Event extends TrainingEvent>({
  signal,
  handleSignals,
  onEvent,
  listeners,
}: Record<string, unknown>): RunOptions<Event> {
  return {
    signal: optionalSignal(signal, 'signal'),
    handleSignals: handleSignals !== undefined && readHandleSignals(handleSignals, 'handleSignals'),
    onEvent: optionalFunction(onEvent, 'onEvent') as RunOptions<Event>['onEvent'],
    listeners: listeners === undefined ? undefined : readListeners(listeners, 'listeners'),
  };
}

/** @throws ArgumentError in a worker thread, which no signal reaches. */
export function readHandleSignals(given: unknown, path: string): boolean {
  const isWanted = requireBoolean(given, path);
  if (!isWanted || hearsSignals()) return isWanted;
  throw new ArgumentError({
    path,
    expected: 'false in a worker thread, which signals do not reach',
    received: 'true',
    remedy: 'Handle signals in the main thread, and have it tell the worker to call run.stop().',
  });
}
