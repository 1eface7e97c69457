import type { Readable } from 'node:stream';
import type { Printer } from '../terminal/printer.js';

/** Everything that a command takes from the process it runs in. */
export interface CliContext {
  readonly stdin: Readable;
  readonly stdout: Printer;
  readonly stderr: Printer;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first Ctrl-C. */
  readonly interrupted: AbortSignal;
}

/** The exit codes, as `--help` documents them. */
export const exitCodes = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
