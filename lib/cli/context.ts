import type { Readable } from 'node:stream';
import type { Printer } from '../terminal/printer.js';

/** Everything that a command takes from the process it runs in. */
export interface CliContext {
  readonly stdin: Readable;
  readonly stdout: Printer;
  readonly stderr: Printer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first Ctrl-C, or signal like it, with `Interrupted`. */
  readonly interrupted: AbortSignal;
}
