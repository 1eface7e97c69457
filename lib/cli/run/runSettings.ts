import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { ArgumentError } from '../../errors.js';
import { type Configuration, configure, readConfiguration } from '../arguments/configuration.js';
import type { FlagPlaces } from '../arguments/flagPlaces.js';
import { type FlagOption, isGiven, nameOf, settingsOf, writtenValue } from '../arguments/flags.js';
import { runFiles, takenName } from './runFiles.js';

/** The options of a run: as they are kept in its folder, and as a command line that goes on with it may have them. */

/** Options of the process and not of the run: they are not kept. */
const notKept: readonly string[] = ['run', 'resume', 'json'];

/** What may be otherwise when a run goes on. (Files may have moved: their rows are compared.) */
const mayChange: readonly string[] = [
  ...notKept,
  ...['epochs', 'threads', 'timeLimit', 'checkpointEvery', 'keepCheckpoints'],
  ...['data', 'labels', 'from', 'tensorboard', 'csvLog'],
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

function requireSameRun(command: Command, known: Configuration, folder: string): void {
  for (const [name, option] of settingsOf(command)) {
    if (mayChange.includes(name) || !isGiven(command, option.key)) continue;
    const now = settingOf(command, option);
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

/** The value of a flag as a configuration file in any folder would have it. */
function settingOf(command: Command, { key, flag }: FlagOption): unknown {
  const value: unknown = command.getOptionValue(key) ?? flag.fallback;
  if (value === undefined) return undefined;
  return flag.file === undefined ? writtenValue(flag, value) : resolve(String(value));
}

/**
 * All options of a command that has been parsed, defaults filled in, as a configuration file has them.
 *
 * @param left Keys of options that are left out.
 */
export function settingsToKeep(
  command: Command,
  left: readonly string[],
): Readonly<Record<string, unknown>> {
  const options = [...settingsOf(command)].filter(([name, { key }]) => {
    return !notKept.includes(name) && !left.includes(key);
  });
  const settings = options.map(([name, option]) => [name, settingOf(command, option)] as const);
  return Object.fromEntries(settings.filter(([, value]) => value !== undefined));
}
