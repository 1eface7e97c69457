import type { Readable } from 'node:stream';
import type { LivePage } from '../report/live/livePage.js';
import type { StudyRecord } from '../search/index.js';
import type { Printer } from '../terminal/printer.js';

/** Everything that a command takes from the process it runs in. */
export interface CliContext {
  readonly stdin: Readable;
  readonly stdout: Printer;
  readonly stderr: Printer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first Ctrl-C, or signal like it, with `Interrupted`. */
  readonly interrupted: AbortSignal;
  /** SIGUSR2 asks for a checkpoint. */
  readonly checkpointRequests?: Requests | undefined;
  /** The page of `--watch`. */
  readonly livePage?: LivePage | undefined;
  /** The search that a training belongs to. */
  readonly study?: StudyRecord | undefined;
}

/** Something that is asked for again and again. */
export class Requests {
  readonly #listeners = new Set<() => void>();

  /** @returns what ends the listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
