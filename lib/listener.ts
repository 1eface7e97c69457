/**
 * A function of the caller that is told of events, and may be asynchronous. What it throws, or what its promise
 * rejects with, is kept as its failure, because nobody else could hear of it: whoever tells it of events ends
 * with that error. After a failure it is told of nothing more.
 */
export class Listener<Event> {
  readonly #call: ((event: Event) => unknown) | undefined;
  readonly #onFailure: (error: unknown) => void;
  readonly #pending = new Set<Promise<void>>();
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

  /** Whether the listener is still busy with an event. */
  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** Fulfils once the listener is done with every event, or has failed. */
  async settled(): Promise<void> {
    while (this.isBusy && this.#failure === undefined) await Promise.race(this.#pending);
  }

  /** Throws what the listener has failed with, if it has. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #waitFor(answer: object): void {
    const done = Promise.resolve(answer)
      .then(
        () => {},
        (error: unknown) => this.#fail(error),
      )
      .finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#onFailure(error);
  }
}
