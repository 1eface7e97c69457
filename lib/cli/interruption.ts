/** Ctrl-C: the first one asks the command to end, the second one does not wait for it. */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #quit: () => void;

  constructor(quit: () => void) {
    this.#quit = quit;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(): void {
    if (this.signal.aborted) this.#quit();
    else this.#controller.abort(new Error('interrupted'));
  }
}
