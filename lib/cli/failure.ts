import { isError, messageOf } from '../builtins.js';
import {
  ArgumentError,
  DataError,
  DivergenceError,
  FileFormatError,
  factOf,
  LayerwiseError,
  ShapeError,
} from '../errors.js';
import type { Piece } from '../terminal/printer.js';
import { painted } from '../terminal/style.js';
import { errorInFlags } from './arguments/flagNames.js';
import { FlagPlaces } from './arguments/flagPlaces.js';
import { UsageError } from './arguments/usageError.js';
import { type ExitCode, exitCodes } from './exitCodes.js';

/** How an error ends the command: one block of text, one exit code. */

export interface Failure {
  readonly exitCode: ExitCode;
  readonly error: Error;
}

/**
 * @param files that the command line names.
 * @param places where flags are set that nobody typed.
 */
export function failureOf(
  thrown: unknown,
  files: readonly string[] = [],
  places = new FlagPlaces(),
): Failure {
  const named = places.renamed(errorInFlags(thrown, files));
  const error = isError(named) ? named : new Error(messageOf(named));
  return { exitCode: isMistake(error) ? exitCodes.usage : exitCodes.failure, error };
}

/** Whether the arguments or the data are to blame, and not the machine or this program. */
function isMistake(error: Error): boolean {
  return [UsageError, ArgumentError, DataError, ShapeError, FileFormatError].some(
    (Class) => error instanceof Class,
  );
}

/** The lines that are printed, with the stack when `debug` is set. */
export function failureLines({ error }: Failure, debug: boolean): (readonly Piece[])[] {
  const stack = debug && error.stack ? error.stack.split('\n') : [];
  return [
    [painted('red', 'error:'), ` ${textOf(error)}`],
    ...remediesOf(error).map((remedy) => ['  ', remedy]),
    ...stack.map((line) => [line]),
  ];
}

function textOf(error: Error): string {
  if (!(error instanceof LayerwiseError)) return messageOf(error) || error.name;
  return factOf(error);
}

function remediesOf(error: Error): string[] {
  if (error instanceof UsageError) {
    const command = ['layerwise', error.command, '--help'].filter((word) => word !== '').join(' ');
    return [`Run \`${command}\` for help.`];
  }
  if (!(error instanceof LayerwiseError)) return [];
  // What the library advises is for programs that go on with the model.
  if (error instanceof DivergenceError) {
    return ['The training diverged and nothing was saved. Try a smaller --learning-rate.'];
  }
  return error.remedy === '' ? [] : [error.remedy];
}

/** The same for machines: one object of `--json`. */
export function failureJson({ error, exitCode }: Failure): Record<string, unknown> {
  const details =
    error instanceof LayerwiseError
      ? {
          path: error.path,
          expected: error.expected,
          received: error.received,
          remedy: error.remedy,
        }
      : {};
  return { type: 'error', name: error.name, message: error.message, ...details, exitCode };
}
