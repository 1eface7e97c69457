import { normaliseActivation, normaliseOptimizer, normaliseSchedule } from '../../network/rows.js';
import { parallelRule } from '../../search/runOptions.js';
import { samplers } from '../../search/samplers/index.js';
import { hasPassword, isServerAddress } from '../../search/storage/address.js';
import { addFlags, type FlagValues, flag, switchFlag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import {
  balanced,
  configFlag,
  count,
  dataArgument,
  dataOf,
  jsonLinesFlag,
  learningFlags,
  requireNoConflict,
  seed,
  tableFlags,
  tensorboardFlag,
  threads,
} from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';
import { duration, shareOf, wholeNumber } from '../arguments/values.js';
import { changeableFlags } from '../run/changeableFlags.js';
import { passwordInWords } from '../study/studyAddress.js';
import type { TrainOptions } from '../train/trainArguments.js';

/** The flags of `layerwise search`. */

type SamplerName = keyof typeof samplers;

/** The pruners that need nothing but the number of epochs. */
const pruners = ['none', 'median', 'successiveHalving', 'hyperband'] as const;
export type SearchPruner = (typeof pruners)[number];

const searchFlags = {
  trials: flag('--trials <count>', 'networks to train, with those that the study has', {
    read: count,
    fallback: 30,
    sets: 'trials',
    isCommon: true,
  }),
  timeLimit: flag(
    '--time-limit <time>',
    'after which no trial begins, and with --study those that run are left for later: 2h, 90m, ...',
    {
      read: duration,
      sets: 'timeLimit',
      isCommon: true,
    },
  ),
  space: flag('--space <file>', 'JSON with what is searched (default: see below)', {
    file: 'input',
  }),
  study: flag(
    '--study <file>',
    'journal, or postgres://... or redis://...; the search goes on there',
    {
      file: 'journal',
      isCommon: true,
    },
  ),
  name: flag('--name <name>', 'of the study, where --study is a server'),
  shared: switchFlag('--shared', 'other processes work on the file --study at the same time'),
  checkpoints: flag(
    '--checkpoints <folder>',
    'of trials, where all machines see it (default: beside the file --study)',
    { file: 'folder' },
  ),
  studyData: flag('--study-data <changed>', 'goes on though the study is of other rows', {
    choices: ['changed'],
  }),
  sampler: flag('--sampler <name>', 'who suggests what to try', {
    choices: Object.keys(samplers) as readonly SamplerName[],
    fallback: 'tpe',
    sets: 'sampler',
  }),
  pruner: flag('--pruner <name>', 'who ends trials that lead nowhere', {
    choices: pruners,
    fallback: 'median',
    sets: 'pruner',
  }),
  parallel: flag(
    '--parallel <count>',
    'trials at the same time (default: as many as threads, at most 8)',
    { read: wholeNumber(parallelRule.minimum, parallelRule.maximum), sets: 'parallel' },
  ),
};

const trialFlags = {
  epochs: flag('--epochs <count>', 'of each trial (default: as of train)', {
    read: count,
    sets: 'epochs',
  }),
  patience: flag('--patience <epochs>', 'end a trial after so many without progress', {
    read: count,
    sets: 'earlyStopping.patience',
  }),
  validation: flag('--validation <share>', 'of the rows, by whose loss trials are judged', {
    read: shareOf('rows'),
    fallback: 0.2,
    sets: 'validation',
    excludes: 'folds',
  }),
  folds: flag('--folds <count>', 'judge trials by cross-validation, the mean over so many', {
    read: wholeNumber(2, 1000),
    isCommon: true,
  }),
  groups: flag('--groups <column>', 'no input; rows with the same value stay in one fold', {
    sets: 'groups',
  }),
  seed: flag('--seed <number>', 'of the search, the weights and every random choice', {
    read: seed,
    fallback: 0,
    sets: 'seed',
  }),
  threads: flag('--threads <count>', 'of all trials together (default: all cores)', {
    read: threads,
    sets: 'threads',
  }),
};

const outputFlags = {
  out: flag('--out <file>', 'save the best model there, as safetensors', {
    file: 'output',
    isCommon: true,
  }),
  results: flag('--results <file>', 'write all trials there, as .csv or .json', {
    file: 'output',
  }),
  tensorboard: tensorboardFlag,
  report: changeableFlags.report,
  watch: changeableFlags.watch,
  config: configFlag,
  json: jsonLinesFlag,
};

const lookedForFlags = { ...learningFlags, balanced };

const flags = {
  ...lookedForFlags,
  ...searchFlags,
  ...trialFlags,
  ...tableFlags,
  ...outputFlags,
};

type SearchFlags = FlagValues<typeof flags>;

/** What `search` is asked to do: beside what is searched, as `train`. */
export interface SearchOptions
  extends TrainOptions,
    FlagValues<typeof searchFlags>,
    Pick<SearchFlags, 'folds' | 'groups' | 'results'> {}

export function addSearch(program: HelpfulCommand, accept: (options: SearchOptions) => void): void {
  const command = subcommand(
    program,
    'search',
    'Look for the layers, the optimizer and so on that suit the data best, and train with them.',
    help,
  ).addArgument(dataArgument());
  addFlags(command, {
    'What to learn:': lookedForFlags,
    'Search:': searchFlags,
    'Trials:': trialFlags,
    'Table:': tableFlags,
    'Output:': outputFlags,
  });
  command.action((data: string | undefined, parsed) => {
    accept(optionsOf(data ?? dataOf(parsed), valuesOf(flags, parsed)));
  });
}

function optionsOf(data: string, given: SearchFlags): SearchOptions {
  requireNoConflict(given, 'search');
  requireSense(given);
  return {
    ...given,
    data,
    ignore: given.ignore ?? [],
    // What stands in no space is as `train` has it.
    activation: normaliseActivation('relu', 'activation'),
    optimizer: normaliseOptimizer('adam', 'optimizer'),
    schedule: normaliseSchedule('constant', 'schedule'),
    metrics: [],
    onNonFinite: 'stop',
    statistics: false,
    keepCheckpoints: 2,
    resume: false,
    tied: false,
    members: 1,
    isSingle: true,
  };
}

/** @throws UsageError for flags that would do nothing. */
function requireSense(given: SearchFlags): void {
  const { study, studyData, folds, groups, target, results, name, shared, checkpoints } = given;
  const refuse = (message: string): never => {
    throw new UsageError(message, 'search');
  };
  const isServer = study !== undefined && isServerAddress(study);
  if (isServer && hasPassword(study)) refuse(passwordInWords('--study'));
  if (isServer && name === undefined) refuse('a server holds many studies: say which with --name');
  if (name !== undefined && !isServer)
    refuse('--name belongs to the address of a server as --study');
  if (shared && (study === undefined || isServer)) refuse('--shared belongs to a file as --study');
  if (checkpoints !== undefined && !isServer && !shared) {
    refuse('--checkpoints belongs to a --study that several processes share');
  }
  if (studyData !== undefined && study === undefined) refuse('--study-data belongs to --study');
  if (groups !== undefined && folds === undefined) refuse('--groups belongs to --folds');
  if (groups !== undefined && groups === target) {
    refuse('--groups and --target name the same column');
  }
  if (results !== undefined && !/\.(csv|json)$/i.test(results)) {
    refuse('--results takes a file whose name ends with .csv or .json');
  }
}

const help: HelpTexts = {
  examples: [
    'layerwise search iris.csv --target species --trials 50 --out iris.safetensors',
    'layerwise search houses.csv --target price --study houses.jsonl --time-limit 600',
    'layerwise search iris.csv --target species --folds 5 --pruner none',
    'layerwise search houses.csv --target price --study postgres://me@db/studies --name houses',
  ],
  details: `
Trains networks with different settings on the same rows, several at a time, and judges each by its
loss on the rows for --validation, in its best epoch. Trials that lead nowhere are ended early. Then
prints the best trials and, from 20 complete ones on, how much each parameter matters; trains the best
network once more and keeps its best epoch; --out saves it.

With --folds, a trial trains as many networks, each on all rows but those of one fold, which judge it;
all folds have the same share of each class, and rows with the same value of the column --groups stay
in one fold. What counts is the mean. The last training then takes all rows, for as many epochs as the
folds took in the mean.

What is searched by default: 1 to 3 layers of 16 to 256 units, their activation and dropout, the
optimizer with its learning rate and weight decay, and the batch size. A file for --space has any of
  layers, units, hidden, activation, dropout, optimizer, learningRate, schedule, batchSize
and what it has not is as for train. A list is a choice, a single value is fixed:
  { "hidden": [[64], [128, 64]], "activation": "tanh",
    "learningRate": { "type": "float", "low": 1e-4, "high": 0.1, "log": true } }

With --study, every trial is written to that file. Killed or ended with Ctrl-C, the same command
goes on, with trials that have begun, too; with more --trials, it adds to them. With --parallel 1 the seed decides everything. Trials of
another target, task, columns, folds or epochs are refused; other rows of the same columns need
--study-data changed.

With the address of a server as --study, the same command on any number of machines works on one study:
each takes trials until there are --trials. A file is shared so with --shared. A trial of a machine that
dies goes on elsewhere, from its checkpoint where --checkpoints is a folder of all. Passwords belong
into LAYERWISE_STUDY_PASSWORD, PGPASSWORD or ~/.pgpass, as all users of a machine see what is typed.

A file for --config is JSON with these options, named as flags are: timeLimit for --time-limit, and data
for the file. Flags that are typed come first. Paths in it are relative to its folder. Its $schema is
node_modules/layerwise/schemas/search.json.

With --json, standard output carries one JSON object per line; beside those of train the "type" is
search, trial, best or importance.
`,
};
