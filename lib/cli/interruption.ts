import { sameKeystroke } from '../processSignals.js';
import { type EndingSignal, Interrupted } from './exitCodes.js';

/** Ctrl-C: the first one asks the command to end, the second one does not wait for it. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #quit: (signal: EndingSignal) => void;
  readonly #now: () => number;
  #askedAt = 0;

  /** @param now A clock in milliseconds. */
  constructor(quit: (signal: EndingSignal) => void, now: () => number = () => performance.now()) {
    this.#quit = quit;
    this.#now = now;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Asks; quits if it has asked before. */
  interrupt(signal: EndingSignal = 'SIGINT'): void {
    if (this.signal.aborted && this.#now() - this.#askedAt > sameKeystroke) this.#quit(signal);
    else this.ask(signal);
  }

  /** Asks, however often. */
  ask(signal: EndingSignal): void {
    if (this.signal.aborted) return;
    this.#askedAt = this.#now();
    this.#controller.abort(new Interrupted(signal));
  }
}
