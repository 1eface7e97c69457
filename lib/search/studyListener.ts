import { messageOf } from '../builtins.js';
import { Listener } from '../listener.js';
import type { StudyEvent } from './events.js';

/**
 * The listener of a study. What it throws, or rejects with, undoes nothing: the event is in the study
 * and in its journal by then. It ends the run that goes on; without one, it is kept for the next `ask`.
 */
export class StudyListener {
  readonly #call: ((event: StudyEvent) => unknown) | undefined;
  #listener: Listener<StudyEvent>;
  #failure: { readonly error: unknown } | null = null;
  #endRun: ((error: unknown) => void) | null = null;

  constructor(call: ((event: StudyEvent) => unknown) | undefined) {
    this.#call = call;
    this.#listener = this.#listening();
  }

  tell(event: StudyEvent): void {
    this.#listener.tell(event);
  }

  /** Throws what the listener has failed with, once. */
  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }

  /** Where no `ask` will come that could throw it. */
  warnOfFailure(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure === null) return;
    const text = `onEvent failed, and the study was closed: ${messageOf(failure.error)}`;
    process.emitWarning(text, { type: 'LayerwiseWarning' });
  }

  /** From now on failures end a run; null: there is none any more. */
  endRunBy(endRun: ((error: unknown) => void) | null): void {
    this.#endRun = endRun;
  }

  /** Fulfils once an asynchronous listener is done with every event, or has failed. */
  settled(): Promise<void> {
    return this.#listener.settled();
  }

  /** After a failure another one takes its place, as the study goes on when its user catches the error. */
  #listening(): Listener<StudyEvent> {
    return new Listener(this.#call, (error) => {
      this.#listener = this.#listening();
      if (this.#endRun === null) this.#failure ??= { error };
      else this.#endRun(error);
    });
  }
}
