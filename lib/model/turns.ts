/** Pieces of asynchronous work that run one after another, in the order in which they come. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take<Result>(begin: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(begin);
    // Whoever comes next waits for the end, not for success.
    this.#last = result.catch(() => {});
    return result;
  }
}
