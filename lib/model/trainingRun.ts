import { setImmediate } from 'node:timers/promises';
import { StateError } from '../errors.js';
import { Listener } from '../listener.js';
import { listenToSignals } from '../processSignals.js';
import type { EventLog } from './eventLog.js';
import type { History, TrainingCheckpoint, TrainingEvent } from './events.js';
import { ListenerQueue } from './listenerQueue.js';
import type { AnyListener, TrainingStart } from './listeners.js';

/** What the training side of a run may do with it. */
export interface RunControl<Event extends TrainingEvent> {
  /** Whether the run was asked to stop, by `stop()` or by the signal. */
  readonly isStopped: boolean;
  /** Tells the listeners that a training begins. */
  start(start: TrainingStart): void;
  /** Tells the listeners and the iterators that the log has grown, and of the newest progress behind its end. */
  emit(progress?: Event): void;
  /** Tells the listeners that a checkpoint is on the disk. */
  checkpoint(checkpoint: TrainingCheckpoint): void;
  /** What writes a checkpoint when the run is asked for one. */
  onCheckpoint(write: () => Promise<string>): void;
  /** Called once when the run is asked to stop, at once if it already was. */
  onStop(stop: () => void): void;
}

/** What the result of every run says. */
type Outcome = Pick<History, 'stopReason'>;

/** A training whose options are checked. */
export interface PreparedRun<Event extends TrainingEvent, Result extends Outcome> {
  readonly signal: AbortSignal | undefined;
  /** Whether signals of the process stop it. */
  readonly handleSignals?: boolean | undefined;
  readonly onEvent: ((event: Event) => unknown) | undefined;
  readonly listeners?: readonly AnyListener[] | undefined;
  /** The events of the run, but for those of progress; `train` lets it grow. */
  readonly log: EventLog<Event>;
  train(control: RunControl<Event>): Promise<Result>;
}

/** What a run waits for at its end. */
type Settling = Pick<ListenerQueue<TrainingEvent>, 'settled'>;

type FollowRun = <
  Metric extends string,
  Event extends TrainingEvent<Metric>,
  Result extends Outcome,
>(
  run: TrainingRun<Metric, Event, Result>,
  told: (progress: Event | undefined) => void,
) => EventLog<Event>;

/**
 * Of a run that is a part of another one: gives its log, and calls the function whenever that may have grown, with the
 * newest progress behind its end. (No method, as programs have runs in hand.)
 */
export let followRun: FollowRun;

/**
 * A training that runs. Await it for the history, iterate it for the events, or both:
 *
 * ```ts
 * const run = model.fit(data, { epochs: 20 });
 * for await (const event of run) if (event.type === 'epoch') console.log(event.loss);
 * const history = await run;
 * ```
 *
 * Every iterator gets all events but those of progress, also those from before it started. Progress
 * events are coalesced: a slow reader gets the newest one. Leaving the loop does not stop the training;
 * `stop()` or the option `signal` does. Errors reach the iterators and whoever awaits.
 *
 * Asynchronous listeners do not slow the training; the run ends once each is done with every event, unless
 * it was stopped.
 */
export class TrainingRun<
  Metric extends string = string,
  Event extends TrainingEvent<Metric> = TrainingEvent<Metric>,
  Result extends Outcome = History<Metric>,
> implements PromiseLike<Result>, AsyncIterable<Event>
{
  readonly #history: Promise<Result>;
  #log: EventLog<Event> = [];
  #listener = new Listener<Event>(undefined);
  /** Events of the log that `onEvent` was told of. */
  #told = 0;
  #queues: readonly ListenerQueue<Event>[] = [];
  #follower: ((progress: Event | undefined) => void) | undefined;
  /** What the first of the other listeners has failed with. */
  #failure: { readonly error: unknown } | undefined;
  #progress: Event | undefined;
  #isSettled = false;
  #isStopped = false;
  #stopTraining: (() => void) | undefined;
  /** What writes a checkpoint; a promise, as a run that was just begun does not know it yet. */
  readonly #writer: Promise<() => Promise<string>>;
  #knowWriter: (write: () => Promise<string>) => void = () => {};
  #endWait: () => void = () => {};
  #wake: () => void = () => {};
  #changed: Promise<void> = Promise.resolve();

  static {
    followRun = (run, told) => {
      run.#follower = told;
      return run.#log;
    };
  }

  /** @internal Runs are made by `fit`. What `prepare` throws rejects the run. */
  constructor(prepare: () => PreparedRun<Event, Result>) {
    this.#renewChanged();
    this.#writer = new Promise((resolve) => {
      this.#knowWriter = resolve;
    });
    this.#history = this.#execute(prepare);
  }

  /** Ends the training after the batch that runs; the awaited history then says `'stopped'`. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#stopTraining?.();
    this.#endWait();
  }

  /**
   * Writes a checkpoint of the run as it is after the batch that runs, and goes on; where the run is over, gives the one
   * of its end.
   *
   * @returns the path of the file, once it is on the disk.
   * @throws StateError without the option `checkpoint`, or when the run ended before it began to train; what the run
   * fails with; errors of the system.
   */
  async checkpoint(): Promise<string> {
    const write = await this.#writer;
    return await write();
  }

  // biome-ignore lint/suspicious/noThenProperty: a run is awaited for its history
  then<Kept = Result, Caught = never>(
    onFulfilled?: ((history: Result) => Kept | PromiseLike<Kept>) | null,
    onRejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    return this.#history.then(onFulfilled, onRejected);
  }

  /** As of a promise: what to do when the run fails. */
  catch<Caught = never>(
    onRejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Result | Caught> {
    return this.#history.catch(onRejected);
  }

  /** As of a promise: what to do when the run ends, however it does. */
  finally(onFinally?: (() => void) | null): Promise<Result> {
    return this.#history.finally(onFinally);
  }

  /** All events from the first one, for `for await`. Leaving the loop does not stop the training. */
  [Symbol.asyncIterator](): AsyncGenerator<Event, void, void> {
    // The iterator throws the error; the promise must not report it as unhandled as well.
    this.#history.catch(() => {});
    return this.#events();
  }

  async *#events(): AsyncGenerator<Event, void, void> {
    let seen = 0;
    let progressSeen: Event | undefined;
    for (;;) {
      const event = this.#log.at(seen);
      const progress = this.#progress;
      if (event !== undefined) {
        seen++;
        yield event;
      } else if (progress !== undefined && progress !== progressSeen) {
        progressSeen = progress;
        yield progress;
      } else if (this.#isSettled) {
        await this.#history;
        return;
      } else {
        await this.#changed;
      }
    }
  }

  async #execute(prepare: () => PreparedRun<Event, Result>): Promise<Result> {
    try {
      const prepared = prepare();
      const { log, onEvent, listeners = [] } = prepared;
      this.#log = log;
      this.#listener = new Listener(onEvent, () => this.stop());
      this.#queues = listeners.map((listener) => {
        return new ListenerQueue(listener, log, (error) => this.#fail(error));
      });
      return await this.#trainUntil(prepared);
    } finally {
      this.#isSettled = true;
      // Unless it is known already.
      this.#knowWriter(refuseCheckpoint);
      this.#wake();
    }
  }

  async #trainUntil(prepared: PreparedRun<Event, Result>): Promise<Result> {
    const { signal, handleSignals = false } = prepared;
    const stop = () => this.stop();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop, { once: true });
    const unlisten = handleSignals
      ? listenToSignals({
          end: stop,
          // What cannot be written is warned of; a run without checkpoints has nothing to do.
          checkpoint: () => void this.checkpoint().catch(() => {}),
        })
      : undefined;
    try {
      const history = await this.#trainToEnd(prepared);
      await this.#settled([this.#listener, ...this.#queues]);
      this.#listener.throwFailure();
      if (this.#failure !== undefined) throw this.#failure.error;
      if (history.stopReason === 'stopped') signal?.throwIfAborted();
      return history;
    } finally {
      signal?.removeEventListener('abort', stop);
      unlisten?.();
    }
  }

  /** Tells the listeners how the training has ended. */
  async #trainToEnd(prepared: PreparedRun<Event, Result>): Promise<Result> {
    try {
      const history = await prepared.train(this.#control());
      const { stopReason } = history;
      for (const queue of this.#queues) queue.end({ stopReason, error: undefined });
      return history;
    } catch (error) {
      for (const queue of this.#queues) queue.end({ stopReason: null, error });
      // Files that they write to are closed then. (Of `onEvent` nobody knows what is still to come.)
      await this.#settled(this.#queues);
      throw error;
    }
  }

  #control(): RunControl<Event> {
    const isStopped = () => this.#isStopped;
    return {
      get isStopped() {
        return isStopped();
      },
      start: (start) => {
        for (const queue of this.#queues) queue.start(start);
      },
      checkpoint: (checkpoint) => {
        for (const queue of this.#queues) queue.checkpoint(checkpoint);
      },
      onCheckpoint: (write) => this.#knowWriter(write),
      emit: (progress) => this.#emit(progress),
      onStop: (stop) => {
        this.#stopTraining = stop;
        if (this.#isStopped) stop();
      },
    };
  }

  #emit(progress: Event | undefined): void {
    this.#tellOfLog();
    if (progress !== undefined) this.#listener.tell(progress);
    for (const queue of this.#queues) queue.tell(progress);
    this.#follower?.(progress);
    this.#progress = progress;
    this.#wake();
    this.#renewChanged();
  }

  /** Where nobody listens, no event is made. */
  #tellOfLog(): void {
    if (!this.#listener.isThere) return;
    for (const { length } = this.#log; this.#told < length; this.#told++) {
      this.#listener.tell(this.#log.at(this.#told) as Event);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.stop();
  }

  /** `stop()` ends the wait too, so that a listener may stop the run and then await it. */
  async #settled(listeners: readonly Settling[]): Promise<void> {
    if (!this.#listener.isBusy && this.#queues.length === 0) return;
    const stopped = new Promise<void>((resolve) => {
      this.#endWait = resolve;
      if (this.#isStopped) resolve();
    });
    // What rejects at once does so before the run has ended.
    const ending = stopped.then(() => setImmediate());
    const settled = Promise.all(listeners.map((listener) => listener.settled()));
    await Promise.race([settled, ending]);
  }

  #renewChanged(): void {
    this.#changed = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** What a run does that is asked for a checkpoint and writes none. */
export async function refuseCheckpoint(): Promise<never> {
  throw new StateError({
    path: 'checkpoint',
    expected: 'a run that trains, with the option checkpoint',
    received: 'one that has ended before, or keeps none',
    remedy: "Write checkpoint: { directory: 'checkpoints' }, say.",
  });
}

/** What a model that trains says to whoever trains it. */
export function secondRun(): StateError {
  return new StateError({
    path: 'fit',
    expected: 'a model that is not training',
    received: 'a second run of the same model',
    remedy: 'Await the first run, or stop it and await it.',
  });
}
