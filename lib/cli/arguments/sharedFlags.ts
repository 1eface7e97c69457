import { seedRule } from '../../checks.js';
import { scalingNames } from '../../data/columns/scalings.js';
import { missingWords } from '../../data/missingWords.js';
import type { Task } from '../../data/targetInference.js';
import { threadsRule } from '../../network/threads.js';
import { FileArgument } from './files.js';
import { type FlagValues, flag, listFlag, switchFlag } from './flags.js';
import { UsageError } from './usageError.js';
import {
  commentMark,
  contaminationShare,
  delimiterCharacter,
  textEncoding,
  wholeNumber,
} from './values.js';

/** Flags that several commands have. */

/** The most common ones; docs/command-line.md has them all. */
const missingHelp = missingWords.slice(1, 6).join(', ');

export const count = wholeNumber(1, 1e9);
export const threads = wholeNumber(threadsRule.minimum, threadsRule.maximum);
export const seed = wholeNumber(seedRule.minimum, seedRule.maximum);

/** The argument of commands that learn; it may stand in a configuration file. */
export function dataArgument(): FileArgument {
  return new FileArgument(
    'input',
    '[data]',
    'CSV, Parquet, JSON lines or IDX; a folder of such tables; or rows of `convert`',
  );
}

/** That of a configuration file, which stands among the flags that were parsed. */
export function dataOf({ data }: Readonly<Record<string, unknown>>): string {
  return String(data);
}

/** The file that has options in place of flags. */
export const configFlag = flag(
  '--config <file>',
  'JSON with these options: batchSize for --batch-size; what is typed comes first',
  { file: 'input' },
);

/** Flags that say what is learned. */
export const learningFlags = {
  target: flag('--target <column>', 'column to predict', { sets: 'target', isCommon: true }),
  task: flag('--task <task>', 'default: chosen from the target', {
    choices: ['classification', 'regression'] satisfies readonly Task[],
    sets: 'task',
  }),
  labels: flag('--labels <file>', 'IDX file with the labels of the images', {
    file: 'input',
    isCommon: true,
  }),
  autoencoder: switchFlag(
    '--autoencoder',
    'no target: learn to compress the rows and to restore them',
    { isCommon: true },
  ),
  code: flag('--code <size>', 'numbers that an autoencoder compresses a row into', {
    read: wholeNumber(1, 2 ** 20),
    sets: 'code',
  }),
  contamination: flag(
    '--contamination <share>',
    'of the rows, 0.01 say, that an autoencoder is to call anomalies: sets the threshold',
    { read: contaminationShare, sets: 'contamination' },
  ),
};

export const balanced = switchFlag(
  '--balanced',
  'all classes count the same, however many rows they have',
  { sets: 'classWeights' },
);

/** Flags that say how text becomes a table. */
export const formatFlags = {
  delimiter: flag(
    '--delimiter <character>',
    "default: found among , ; tab | and ' ' (any blanks)",
    {
      read: delimiterCharacter,
      sets: 'delimiter',
    },
  ),
  encoding: flag('--encoding <name>', 'windows-1252 say (default: UTF-8)', {
    read: textEncoding,
    sets: 'encoding',
  }),
  skipLines: flag('--skip-lines <count>', 'lines before the table that are left out', {
    read: wholeNumber(0, 1e9),
    sets: 'skipLines',
  }),
  comment: flag('--comment <mark>', 'lines that begin with it are left out: # say', {
    read: commentMark,
    sets: 'comment',
  }),
  skipBadLines: switchFlag(
    '--skip-bad-lines',
    'leave out lines with more fields than columns, and count them',
    { sets: 'skipBadLines' },
  ),
};

/** Flags that say how a table becomes inputs. */
export const tableFlags = {
  ignore: listFlag(
    '--ignore <columns...>',
    'columns that are no inputs; write them behind the file',
    { sets: 'ignore', isCommon: true },
  ),
  maxCategories: flag(
    '--max-categories <count>',
    'most different texts in a column that has an input for each, and most classes',
    { read: wholeNumber(2, 100_000), fallback: 256, sets: 'maxCategories' },
  ),
  missing: listFlag(
    '--missing <words...>',
    `what stands for a missing value beside the empty field, in place of the usual ${missingHelp}, ...`,
    { sets: 'missing' },
  ),
  decimal: flag(
    '--decimal <sign>',
    'of all numbers, which may then be written as 1.234,5 or 12 % (default: a point)',
    { choices: ['.', ','], sets: 'decimal' },
  ),
  categorical: listFlag(
    '--categorical <columns...>',
    'numbers that are codes: each is a category',
    {
      sets: 'categorical',
    },
  ),
  scale: flag('--scale <name>', `of numbers: ${scalingNames.join(', ')} (default: standard)`, {
    choices: scalingNames,
    sets: 'scale',
  }),
  keep: listFlag(
    '--keep <columns...>',
    'columns that are inputs, though they count the rows or never change',
    { sets: 'keep' },
  ),
  header: switchFlag(
    '--no-header',
    'the first line is data; columns are called column1, column2, ...',
    { sets: 'header' },
  ),
  ...formatFlags,
};

/** What else of a training is written into files. */
export const tensorboardFlag = flag(
  '--tensorboard <folder>',
  'write there, for TensorBoard, what happens in the training',
  { file: 'folder' },
);

/** `--json` of commands that print one object. */
export const jsonFlag = switchFlag('--json', 'print one JSON object');

/** `--json` of commands that print objects as they get on. */
export const jsonLinesFlag = switchFlag(
  '--json',
  'print one JSON object per line on standard output',
);

/** @throws UsageError when two of the flags that say what is learned contradict each other. */
export function requireNoConflict(
  values: FlagValues<typeof learningFlags> & { readonly balanced: boolean },
  command: string,
): void {
  const { autoencoder, target, task, labels } = values;
  const conflict = (message: string): UsageError => new UsageError(message, command);
  if (autoencoder && target !== undefined) {
    throw conflict('--autoencoder has no --target: leave the column out with --ignore instead');
  }
  if (autoencoder && (task !== undefined || labels !== undefined)) {
    throw conflict(`--autoencoder has no ${task === undefined ? '--labels' : '--task'}`);
  }
  for (const name of ['code', 'contamination'] as const) {
    if (autoencoder || values[name] === undefined) continue;
    throw conflict(`--${name} belongs to --autoencoder`);
  }
  if (values.balanced && (autoencoder || task === 'regression')) {
    throw conflict('--balanced is for classes');
  }
  if (target !== undefined && labels !== undefined) {
    throw conflict('--target is for tables and --labels for images: give one of them');
  }
}

export function namesOf(rows: readonly { readonly name: string }[]): string {
  return rows.map(({ name }) => name).join(', ');
}
