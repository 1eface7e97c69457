import { StateError } from '../errors.js';

/** Keeps two runs of a study from going on at the same time. */
export class OneRun {
  readonly #second: string;
  #isRunning = false;

  /** @param second what a second run is, for its error */
  constructor(second: string) {
    this.#second = second;
  }

  /** @throws StateError while another one goes on; what the run throws */
  async during(run: () => Promise<unknown>): Promise<void> {
    if (this.#isRunning) {
      throw new StateError({
        path: 'run',
        expected: 'a study that does not run',
        received: this.#second,
        remedy: 'Await the first run, or have it run more trials at the same time (`parallel`).',
      });
    }
    this.#isRunning = true;
    try {
      await run();
    } finally {
      this.#isRunning = false;
    }
  }
}
