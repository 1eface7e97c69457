import { dirname, isAbsolute, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isArray } from '../../builtins.js';
import { buildProgram } from '../arguments/arguments.js';
import { type Flag, nameOf, settingsOf, takesList, writtenValue } from '../arguments/flags.js';
import { shellPath, shellWord } from '../terminal/shellText.js';
import { runFiles } from './runFiles.js';

/**
 * The command line that begins a run, and goes on with it: its options, but for those that are as they are by default.
 *
 * @param config The options, as the folder of the run has them.
 */
export function commandWords(config: Readonly<Record<string, unknown>>, folder: string): string {
  const program = buildProgram({ version: '' }, () => {});
  const train = program.commands.find((command) => command.name() === 'train');
  const flags = train === undefined ? [] : [...settingsOf(train)];
  const pathOf = (path: string): string => {
    const { config: file } = runFiles(folder);
    return shellPath(isAbsolute(path) ? path : join(dirname(file), path));
  };
  const words = flags.flatMap(([name, { flag }]) => {
    const value = config[name];
    const usual = flag.fallback === undefined ? undefined : writtenValue(flag, flag.fallback);
    if (value === undefined || isDeepStrictEqual(value, usual)) return [];
    if (flag.file !== undefined) return [nameOf(flag), pathOf(String(value))];
    return wordsOf(flag, value);
  });
  const data = pathOf(String(config.data));
  return [
    ...['layerwise', 'train', data, ...words],
    ...['--run', shellPath(folder), '--resume'],
  ].join(' ');
}

/** What is typed for those of some flags that are not as they are by default. */
export function wordsOfFlags(
  flags: Readonly<Record<string, Flag>>,
  values: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(flags).flatMap(([name, flag]) => {
    const value = values[name];
    const isUsual = value === undefined || isDeepStrictEqual(value, flag.fallback);
    return isUsual || (isArray(value) && value.length === 0) ? [] : wordsOf(flag, value);
  });
}

function wordsOf(flag: Flag, value: unknown): string[] {
  if (typeof value === 'boolean') {
    // `--no-header` is "header": false.
    return value === !nameOf(flag).startsWith('--no-') ? [nameOf(flag)] : [];
  }
  if (!isArray(value)) return [nameOf(flag), shellWord(String(value))];
  if (takesList(flag)) return [nameOf(flag), ...value.map((word) => shellWord(String(word)))];
  return [nameOf(flag), value.length === 0 ? 'none' : value.join(',')];
}
