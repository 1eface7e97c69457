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
    if (this.#places.size === 0) return error;
    if (error instanceof UsageError) {
      return new UsageError(this.#text(error.message, mentions), error.command);
    }
    if (!(error instanceof LayerwiseError)) return error;
    const path = this.#text(error.path, leading);
    return path === error.path ? error : renamedError(error, { path });
  }

  #text(text: string, flags: RegExp): string {
    return text.replace(flags, (flag) => this.#places.get(flag) ?? flag);
  }
}

const mentions = /(?<![\w-])--[a-z][a-z-]*/g;
const leading = /^--[a-z][a-z-]*/;
