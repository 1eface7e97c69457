import { setImmediate } from 'node:timers/promises';
import { Listener } from '../listener.js';
import type { History, TrainingEvent } from './events.js';

/** What the training side of a run may do with it. */
export interface RunControl<Event extends TrainingEvent> {
  /** Whether the run was asked to stop, by `stop()` or by the signal. */
  readonly isStopped: boolean;
  /** Hands events to the iterators and to `onEvent`. */
  emit(events: readonly Event[]): void;
  /** Called once when the run is asked to stop, at once if it already was. */
  onStop(stop: () => void): void;
}

/** What the result of every run says. */
type Outcome = Pick<History, 'stopReason'>;

/** A training whose options are checked. */
export interface PreparedRun<Event extends TrainingEvent, Result extends Outcome> {
  readonly signal: AbortSignal | undefined;
  readonly onEvent: ((event: Event) => unknown) | undefined;
  train(control: RunControl<Event>): Promise<Result>;
}

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
 * An asynchronous `onEvent` does not slow the training; the run ends once the listener is done with every
 * event, unless it was stopped.
 */
export class TrainingRun<
  Metric extends string = string,
  Event extends TrainingEvent<Metric> = TrainingEvent<Metric>,
  Result extends Outcome = History<Metric>,
> implements PromiseLike<Result>, AsyncIterable<Event>
{
  readonly #history: Promise<Result>;
  readonly #kept: Event[] = [];
  #listener = new Listener<Event>(undefined);
  #progress: Event | undefined;
  #isSettled = false;
  #isStopped = false;
  #stopTraining: (() => void) | undefined;
  #endWait: () => void = () => {};
  #wake: () => void = () => {};
  #changed: Promise<void> = Promise.resolve();

  /** @internal Runs are made by `fit`. What `prepare` throws rejects the run. */
  constructor(prepare: () => PreparedRun<Event, Result>) {
    this.#renewChanged();
    this.#history = this.#execute(prepare);
  }

  /** Ends the training after the batch that runs; the awaited history then says `'stopped'`. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#stopTraining?.();
    this.#endWait();
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
    let keptSeen = 0;
    let progressSeen: Event | undefined;
    for (;;) {
      const kept = this.#kept[keptSeen];
      const progress = this.#progress;
      if (kept !== undefined) {
        keptSeen++;
        yield kept;
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
      this.#listener = new Listener(prepared.onEvent, () => this.stop());
      return await this.#trainUntil(prepared);
    } finally {
      this.#isSettled = true;
      this.#wake();
    }
  }

  async #trainUntil(prepared: PreparedRun<Event, Result>): Promise<Result> {
    const { signal } = prepared;
    const stop = () => this.stop();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const history = await prepared.train(this.#control());
      await this.#listenerSettled();
      this.#listener.throwFailure();
      if (history.stopReason === 'stopped') signal?.throwIfAborted();
      return history;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  #control(): RunControl<Event> {
    const isStopped = () => this.#isStopped;
    return {
      get isStopped() {
        return isStopped();
      },
      emit: (events) => this.#emit(events),
      onStop: (stop) => {
        this.#stopTraining = stop;
        if (this.#isStopped) stop();
      },
    };
  }

  #emit(events: readonly Event[]): void {
    for (const event of events) {
      if (event.type !== 'progress') this.#kept.push(event);
      this.#progress = event.type === 'progress' ? event : undefined;
      this.#listener.tell(event);
    }
    this.#wake();
    this.#renewChanged();
  }

  /** `stop()` ends the wait too, so that a listener may stop the run and then await it. */
  async #listenerSettled(): Promise<void> {
    if (!this.#listener.isBusy) return;
    const stopped = new Promise<void>((resolve) => {
      this.#endWait = resolve;
      if (this.#isStopped) resolve();
    });
    // What rejects at once does so before the run has ended.
    const ending = stopped.then(() => setImmediate());
    await Promise.race([this.#listener.settled(), ending]);
  }

  #renewChanged(): void {
    this.#changed = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
