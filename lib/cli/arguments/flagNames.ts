import { ArgumentError, LayerwiseError, renamedError } from '../../errors.js';
import { type OptionValue, renameOptions } from '../../optionText.js';
import { shellWord } from '../terminal/shellText.js';
import { buildProgram, commandsIn } from './arguments.js';
import { type Flag, flagsOf, nameOf } from './flags.js';

/** Options of the library by the names that they have on the command line: of errors, and in texts. */

let known: ReadonlyMap<string, Flag> | undefined;

/** The flags of all commands by the options that they set. */
export function flagsByOption(): ReadonlyMap<string, Flag> {
  known ??= new Map(
    commandsIn(buildProgram({ version: '' }, () => {}))
      .flatMap(flagsOf)
      .flatMap((flag) => (flag.sets === undefined ? [] : [[flag.sets, flag] as const])),
  );
  return known;
}

/**
 * An error of the library as the command line tells of it: with flags in place of options.
 *
 * @param files that the command line names: a file may be called like an option.
 */
export function errorInFlags(error: unknown, files: readonly string[] = []): unknown {
  if (!(error instanceof LayerwiseError)) return error;
  const isOption = error instanceof ArgumentError && !files.includes(error.path);
  return renamedError(error, {
    path: isOption ? pathInFlags(error.path) : error.path,
    remedy: inFlags(error.remedy),
  });
}

/** `--metric[1]` for `metrics[1]`. */
function pathInFlags(path: string): string {
  const flags = flagsByOption();
  const exact = flags.get(path);
  if (exact) return nameOf(exact);
  const end = path.search(/[[.]/);
  const outer = end < 0 ? undefined : flags.get(path.slice(0, end));
  return outer ? `${nameOf(outer)}${path.slice(end)}` : path;
}

/** A text of the library with flags in place of options. */
export function inFlags(text: string): string {
  return renameOptions(text, (option, value) => {
    const flag = flagsByOption().get(option);
    return flag && [nameOf(flag), ...wordsOf(value)].join(' ');
  });
}

/** What is typed behind the flag; nothing behind `--no-header`. */
function wordsOf(value: OptionValue | undefined): string[] {
  if (value === undefined || typeof value === 'boolean') return [];
  return [value].flat().map((word) => shellWord(String(word)));
}
