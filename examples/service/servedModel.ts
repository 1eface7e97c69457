import { stat } from 'node:fs/promises';
import { load, type Sequential } from 'layerwise';

/** The model that answers requests, read anew whenever its file has changed. */
export class ServedModel {
  readonly #path: string;
  /** Columns of a row, in the order of the network. */
  readonly #columns: readonly string[];
  readonly #log: (line: string) => void;
  #current: { readonly model: Sequential; readonly since: Date } | undefined;
  /** The file that was looked at last, whether or not it could be used. */
  #seen = '';
  #problem: string | undefined;
  #reading: Promise<void> | undefined;

  constructor(path: string, columns: readonly string[], log: (line: string) => void) {
    this.#path = path;
    this.#columns = columns;
    this.#log = log;
  }

  /** Undefined until a file could be read. A request keeps the one that it began with. */
  get model(): Sequential | undefined {
    return this.#current?.model;
  }

  /** Since when the model answers, and what is wrong with a newer file, if there is one. */
  get status(): { readonly since?: string; readonly problem?: string } {
    const since = this.#current?.since.toISOString();
    const problem = this.#problem;
    return { ...(since !== undefined && { since }), ...(problem !== undefined && { problem }) };
  }

  /** Looks whether the file has changed. It is asked again and again: watching misses files on network drives. */
  async refresh(): Promise<void> {
    this.#reading ??= this.#readIfChanged().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readIfChanged(): Promise<void> {
    try {
      // Looked at before it is read: what replaces it meanwhile is another one the next time.
      const { ino, size, mtimeNs } = await stat(this.#path, { bigint: true });
      const found = `${ino} ${size} ${mtimeNs}`;
      if (found === this.#seen) return;
      this.#seen = found;
      const model = await load(this.#path, 'sequential');
      this.#requireColumns(model);
      this.#current = { model, since: new Date() };
      this.#problem = undefined;
      this.#log(`serving ${this.#path}`);
    } catch (error) {
      this.#keep(error);
    }
  }

  #requireColumns({ inputSize }: Sequential): void {
    if (inputSize === this.#columns.length) return;
    throw new Error(`${this.#path} takes ${inputSize} columns, not ${this.#columns.length}`);
  }

  /** A file that is damaged, or gone, takes nothing away from what is served. */
  #keep(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem === this.#problem) return;
    this.#problem = problem;
    const kept = this.#current === undefined ? 'no model yet' : 'the older model stays';
    this.#log(`${kept}: ${problem}`);
  }
}
