import { listenToSignals } from '../../processSignals.js';
import type { History } from '../events.js';
import type { TrainingRun } from '../trainingRun.js';

/** The trainings of several models, begun. */
export interface BegunRuns<Metric extends string> {
  readonly runs: readonly TrainingRun<Metric>[];
  readonly signal: AbortSignal | undefined;
  readonly handleSignals: boolean;
  /** What to tell of runs that have failed, with their numbers. */
  errorOf(failures: readonly Failure[]): unknown;
}

export interface Failure {
  readonly model: number;
  readonly error: unknown;
}

/**
 * Trainings of several models. Await it for their histories, in the order of the models:
 *
 * ```ts
 * const histories = await fitMany(models, data, { epochs: 50 });
 * ```
 *
 * A model that fails, as its loss is no longer a number say, does not end the others: once all have ended, it rejects with
 * the error of the first one that has failed, whose path begins with `models[3]`. `runs` has the run of each, as `fit` gives
 * it, with its events and its own history or error: `await Promise.allSettled(run.runs)`.
 */
export class ManyRun<Metric extends string = string>
  implements PromiseLike<readonly History<Metric>[]>
{
  readonly #histories: Promise<readonly History<Metric>[]>;
  #runs: readonly TrainingRun<Metric>[] = [];

  /** @internal Made by `fitMany`. What `begin` throws rejects it. */
  constructor(begin: (stop: () => void) => BegunRuns<Metric>) {
    this.#histories = this.#execute(begin);
  }

  /** The run of each model, in their order; none where the call is refused. To stop one, call its `stop()`. */
  get runs(): readonly TrainingRun<Metric>[] {
    return this.#runs;
  }

  /** Ends every training after the batch that runs; the histories then say `'stopped'`. */
  stop(): void {
    for (const run of this.#runs) run.stop();
  }

  // biome-ignore lint/suspicious/noThenProperty: it is awaited for the histories
  then<Kept = readonly History<Metric>[], Caught = never>(
    onFulfilled?: ((histories: readonly History<Metric>[]) => Kept | PromiseLike<Kept>) | null,
    onRejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    return this.#histories.then(onFulfilled, onRejected);
  }

  /** As of a promise: what to do when a training fails. */
  catch<Caught = never>(
    onRejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<readonly History<Metric>[] | Caught> {
    return this.#histories.catch(onRejected);
  }

  /** As of a promise: what to do when all have ended, however they do. */
  finally(onFinally?: (() => void) | null): Promise<readonly History<Metric>[]> {
    return this.#histories.finally(onFinally);
  }

  async #execute(
    begin: (stop: () => void) => BegunRuns<Metric>,
  ): Promise<readonly History<Metric>[]> {
    const stop = (): void => this.stop();
    const begun = begin(stop);
    const { runs, signal, handleSignals } = begun;
    this.#runs = runs;
    signal?.addEventListener('abort', stop, { once: true });
    const unlisten = handleSignals ? listenToSignals({ end: stop }) : undefined;
    try {
      const ends = await Promise.allSettled(runs);
      const failures = ends.flatMap((end, model) =>
        end.status === 'rejected' ? [{ model, error: end.reason as unknown }] : [],
      );
      if (failures.length > 0) throw begun.errorOf(failures);
      const histories = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
      if (histories.some(({ stopReason }) => stopReason === 'stopped')) signal?.throwIfAborted();
      return histories;
    } finally {
      signal?.removeEventListener('abort', stop);
      unlisten?.();
    }
  }
}
