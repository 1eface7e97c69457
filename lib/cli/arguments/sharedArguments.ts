import { type Command, Option } from 'commander';
import { seedRule, threadsRule } from '../../checks.js';
import { missingWords } from '../../data/tableValues.js';
import type { Task } from '../../data/targetInference.js';
import {
  contaminationShare,
  delimiterCharacter,
  textEncoding,
  wholeNumber,
} from './argumentValues.js';
import { FileOption } from './fileOptions.js';
import type { Invocation } from './options.js';
import { UsageError } from './usageError.js';

/** What the descriptions of several commands have in common. */

const missingHelp = missingWords.filter((word) => word !== '').join(', ');

export type Accept = (invocation: Invocation) => void;

export const count = wholeNumber(1, 1e9);
export const threads = wholeNumber(threadsRule.minimum, threadsRule.maximum);
export const seed = wholeNumber(seedRule.minimum, seedRule.maximum);

export function subcommand(
  program: Command,
  name: string,
  description: string,
  help: string,
): Command {
  return program
    .command(name)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', help);
}

export function addLearningOptions(command: Command): void {
  command
    .optionsGroup('What to learn:')
    .option('--target <column>', 'column to predict')
    .addOption(
      new Option('--task <task>', 'default: chosen from the target').choices([
        'classification',
        'regression',
      ]),
    )
    .addOption(new FileOption('input', '--labels <file>', 'IDX file with the labels of the images'))
    .option('--autoencoder', 'no target: learn to compress the rows and to restore them')
    .option(
      '--code <size>',
      'numbers that an autoencoder compresses a row into',
      wholeNumber(1, 2 ** 20),
    )
    .option(
      '--contamination <share>',
      'of the rows, 0.01 say, that an autoencoder is to call anomalies: sets the threshold',
      contaminationShare,
    );
}

export function named(flags: string, description: string, name: string): Option {
  return new Option(flags, description).default(name, name);
}

export function namesOf(rows: readonly { readonly name: string }[]): string {
  return rows.map(({ name }) => name).join(', ');
}

export function addTableOptions(command: Command): void {
  command
    .optionsGroup('Table:')
    .option('--ignore <columns...>', 'columns that are no inputs; write them behind the file')
    .option(
      '--max-categories <count>',
      'most different texts in a column, and most classes',
      wholeNumber(2, 100_000),
      256,
    )
    .option(
      '--missing <words...>',
      `fields that stand for a missing value, besides the empty one (default: ${missingHelp})`,
    )
    .option('--no-header', 'the first line is data; columns are called column1, column2, ...');
  addFormatOptions(command);
}

export function addFormatOptions(command: Command): void {
  command
    .option('--delimiter <character>', 'default: found among , ; tab |', delimiterCharacter)
    .option('--encoding <name>', 'windows-1252 say (default: UTF-8)', textEncoding);
}

/** The options that say what is learned, as commander has them. */
export interface LearningFlags {
  readonly labels?: string;
  readonly target?: string;
  readonly task?: Task;
  readonly autoencoder?: true;
  readonly code?: number;
  readonly contamination?: number;
  readonly balanced?: true;
}

/** @throws UsageError when two of them contradict each other. */
export function requireNoConflict(flags: LearningFlags, command: string): void {
  const { autoencoder = false, target, task, labels } = flags;
  const conflict = (message: string): UsageError => new UsageError(message, command);
  if (autoencoder && target !== undefined) {
    throw conflict('--autoencoder has no --target: leave the column out with --ignore instead');
  }
  if (autoencoder && (task !== undefined || labels !== undefined)) {
    throw conflict(`--autoencoder has no ${task === undefined ? '--labels' : '--task'}`);
  }
  for (const name of ['code', 'contamination'] as const) {
    if (autoencoder || flags[name] === undefined) continue;
    throw conflict(`--${name} belongs to --autoencoder`);
  }
  if (flags.balanced && (autoencoder || task === 'regression')) {
    throw conflict('--balanced is for classes');
  }
  if (target !== undefined && labels !== undefined) {
    throw conflict('--target is for tables and --labels for images: give one of them');
  }
}
