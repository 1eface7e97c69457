/**
 * A function of the caller that is told of events, and may be asynchronous. What it throws, or what its promise
 * rejects with, is kept as its failure, because nobody else could hear of it: whoever tells it of events ends
 * with that error. After a failure it is told of nothing more.
 */
export class Listener<Event> {
  readonly #call: ((event: Event) => unknown) | undefined;
  readonly #onFailure: (error: unknown) => void;
  /** Events that an asynchronous listener is busy with. */
  #pending = 0;
  /** Whoever waits for the last of them, or for a failure. */
  #waiting: (() => void)[] = [];
  #failure: { readonly error: unknown } | undefined;

  /**
   * @param call Undefined: there is nobody to tell.
   * @param onFailure Called once, with the failure: ends what the events are of.
   */
  constructor(
    call: ((event: Event) => unknown) | undefined,
    onFailure: (error: unknown) => void = () => {},
  ) {
    this.#call = call;
    this.#onFailure = onFailure;
  }

  /** Does not wait for an asynchronous listener: it may still be busy with an event when it is told the next. */
  tell(event: Event): void {
    if (this.#call === undefined || this.#failure !== undefined) return;
    try {
      const answer = this.#call(event);
      if (typeof answer === 'object' && answer !== null) this.#waitFor(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Whether there is somebody to tell. */
  get isThere(): boolean {
    return this.#call !== undefined && this.#failure === undefined;
  }

  /** Whether the listener is still busy with an event. */
  get isBusy(): boolean {
    return this.#pending > 0;
  }

  /** Fulfils once the listener is done with every event, or has failed. */
  async settled(): Promise<void> {
    while (this.isBusy && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Throws what the listener has failed with, if it has. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #waitFor(answer: object): void {
    const answered = Promise.resolve(answer);
    this.#pending++;
    // Not a race of all that are pending: it would cost as much as there are for each event.
    void answered
      .catch((error: unknown) => this.#fail(error))
      .then(() => {
        this.#pending--;
        if (!this.isBusy) this.#endWaits();
      });
  }

  #endWaits(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#endWaits();
    this.#onFailure(error);
  }
}
