import { LayerwiseError, renamedError } from '../../errors.js';
import { UsageError } from './usageError.js';

/**
 * Where flags were set that nobody typed: `job.json: epochs` for `--epochs`. Errors then name the place that is to
 * be corrected.
 */
export class FlagPlaces {
  readonly #places = new Map<string, string>();

  /** @param name of the flag, `--epochs` */
  set(name: string, place: string): void {
    this.#places.set(name, place);
  }

  /** The error with the places of flags, in its path and in the message of a wrong command line. */
  renamed(error: unknown): unknown {
    if (error instanceof UsageError) {
      if (this.#places.size === 0) return error;
      const message = error.message.replace(mentions, (flag) => this.#places.get(flag) ?? flag);
      return new UsageError(message, error.command);
    }
    if (!(error instanceof LayerwiseError)) return error;
    const path = error.path.replace(leading, (_, flag: string, item: string) =>
      this.#nameOfItem(flag, item),
    );
    return path === error.path ? error : renamedError(error, { path });
  }

  /** `--metric` for `--metric[0]`: what is typed one after the other has no numbers, what stands in a list has. */
  #nameOfItem(flag: string, item: string): string {
    const place = this.#places.get(flag);
    return place === undefined ? flag : `${place}${item}`;
  }
}

const mentions = /(?<![\w-])--[a-z][a-z-]*/g;
/** A flag at the beginning, and which of the things that it is given. */
const leading = /^(--[a-z][a-z-]*)((?:\[\d+\])?)/;
