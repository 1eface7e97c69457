import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { ArgumentError } from '../../errors.js';
import { type Configuration, configure, readConfiguration } from '../arguments/configuration.js';
import type { FlagPlaces } from '../arguments/flagPlaces.js';
import {
  type FlagOption,
  isGiven,
  nameOf,
  settingOf,
  settingsOf,
  writtenValue,
} from '../arguments/flags.js';
import { changeableFlags } from './changeableFlags.js';
import { runFiles, takenName } from './runFiles.js';

/** The options of a run: as they are kept in its folder, and as a command line that goes on with it may have them. */

/** Options of the process and not of the run: they are not kept. */
const notKept: readonly string[] = ['run', 'resume', 'json'];

/** What may be otherwise when a run goes on. */
const mayChange: readonly string[] = [
  ...notKept,
  'data',
  ...Object.values(changeableFlags).map(settingOf),
];

/**
 * Gives a command the options of the run that it goes on with, but for those that it has already.
 *
 * @throws ArgumentError when there is a run and none is to go on, and for options that the run has otherwise.
 */
export function settleRun(command: Command, places: FlagPlaces): void {
  const folder: unknown = command.getOptionValue('run');
  if (typeof folder !== 'string') return;
  const { config } = runFiles(folder);
  if (command.getOptionValue('resume') !== true || !existsSync(config)) {
    requireNewRun(folder);
  } else {
    const known = readConfiguration(config);
    requireSameRun(command, known, folder);
    configure(command, known, places);
  }
}

/** @throws ArgumentError for a folder that has a run, or what would be taken for one. */
export function requireNewRun(folder: string): void {
  const taken = takenName(folder);
  if (taken === undefined) return;
  const goOn = existsSync(runFiles(folder).config)
    ? 'Give --resume to go on with the run that is there, or name'
    : 'Name';
  throw new ArgumentError({
    path: '--run',
    expected: 'a folder without a run',
    received: `one with ${taken}`,
    remedy: `${goOn} another folder.`,
  });
}

/** Whether a folder has a run that was begun when all runs were of one network. */
export function isRunOfOne(folder: string): boolean {
  const { config } = runFiles(folder);
  if (!existsSync(config)) return false;
  const { members, from } = readConfiguration(config).settings;
  return members === undefined && from === undefined;
}

function requireSameRun(command: Command, known: Configuration, folder: string): void {
  for (const [name, option] of settingsOf(command)) {
    if (mayChange.includes(name) || !isGiven(command, option.key)) continue;
    const now = givenValue(command, option);
    const before = known.settings[name];
    if (isDeepStrictEqual(now, before)) continue;
    throw new ArgumentError({
      path: nameOf(option.flag),
      expected: `${textOf(before)}, as the run in ${folder} has it`,
      received: textOf(now),
      remedy: 'Leave it out to go on with that run, or name another folder with --run.',
    });
  }
}

function textOf(setting: unknown): string {
  return setting === undefined ? 'none' : JSON.stringify(setting);
}

/** The value of a flag as a configuration file would have it, but for paths of files. */
function givenValue(command: Command, { key, flag }: FlagOption): unknown {
  const value: unknown = command.getOptionValue(key) ?? flag.fallback;
  return value === undefined ? undefined : writtenValue(flag, value);
}

/**
 * All options of a command that has been parsed, defaults filled in, as the configuration file of a run has them.
 *
 * @param folder That of the run.
 * @param left Keys of options that are left out.
 */
export function settingsToKeep(
  command: Command,
  folder: string,
  data: string,
  left: readonly string[],
): Readonly<Record<string, unknown>> {
  const { config } = runFiles(folder);
  const before = existsSync(config) ? readConfiguration(config).settings : {};
  const options = [...settingsOf(command)].filter(([name, { key }]) => {
    return !notKept.includes(name) && !left.includes(key);
  });
  const settings = options.map(([name, option]) => {
    const value = givenValue(command, option);
    const isPath = option.flag.file !== undefined && value !== undefined;
    return [name, isPath ? keptPath(String(value), folder, before[name]) : value] as const;
  });
  return {
    data: keptPath(data, folder, before.data),
    ...Object.fromEntries(settings.filter(([, value]) => value !== undefined)),
  };
}

/**
 * A path as the folder of a run keeps it. What is relative to the current folder is kept relative to that of the run: both may
 * be moved, or mounted elsewhere, together. What was typed as a whole stays so, wherever the run lies.
 *
 * @param before What the folder has: it stays where it means the same file, however the run was named this time.
 */
export function keptPath(path: string, folder: string, before?: unknown): string {
  if (typeof before === 'string' && resolve(folder, before) === resolve(path)) return before;
  if (isAbsolute(path)) return path;
  // Slashes are taken by every system.
  return relative(resolve(folder), resolve(path)).split(sep).join('/');
}
