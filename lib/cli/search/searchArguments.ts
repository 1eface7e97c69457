import { type Command, Option } from 'commander';
import { normaliseActivation, normaliseOptimizer, normaliseSchedule } from '../../network/rows.js';
import { samplers } from '../../search/samplers/index.js';
import { positiveNumber, share, wholeNumber } from '../arguments/argumentValues.js';
import { FileArgument, FileOption } from '../arguments/fileOptions.js';
import { searchHelp } from '../arguments/helpTexts.js';
import { type Invocation, type SearchOptions, searchPruners } from '../arguments/options.js';
import {
  type Accept,
  addLearningOptions,
  addTableOptions,
  count,
  type LearningFlags,
  requireNoConflict,
  seed,
  subcommand,
  threads,
} from '../arguments/sharedArguments.js';
import { UsageError } from '../arguments/usageError.js';

/** What commander makes of the options of `search`. */
interface SearchFlags
  extends LearningFlags,
    Pick<
      SearchOptions,
      | 'trials'
      | 'timeLimit'
      | 'sampler'
      | 'pruner'
      | 'parallel'
      | 'space'
      | 'study'
      | 'studyData'
      | 'results'
      | 'folds'
      | 'groups'
    >,
    Pick<
      SearchOptions,
      'epochs' | 'patience' | 'validation' | 'seed' | 'threads' | 'out' | 'delimiter' | 'encoding'
    >,
    Pick<SearchOptions, 'header' | 'maxCategories' | 'missing'> {
  readonly ignore?: string[];
  readonly json?: true;
}

export function addSearch(program: Command, accept: Accept): void {
  const command = subcommand(
    program,
    'search',
    'Look for the layers, the optimizer and so on that suit the data best, and train with them.',
    searchHelp,
  ).addArgument(new FileArgument('input', '<data>', 'CSV or IDX file, plain or gzip'));
  addLearningOptions(command);
  command.option('--balanced', 'all classes count the same, however many rows they have');
  addSearchOptions(command);
  addTrialOptions(command);
  addTableOptions(command);
  command
    .optionsGroup('Output:')
    .addOption(
      new FileOption('output', '--out <file>', 'save the best model there, as safetensors'),
    )
    .addOption(
      new FileOption('output', '--results <file>', 'write all trials there, as .csv or .json'),
    )
    .option('--json', 'print one JSON object per line on standard output')
    .action((data: string, flags: SearchFlags) => accept(searchInvocation(data, flags)));
}

function addSearchOptions(command: Command): void {
  command
    .optionsGroup('Search:')
    .option('--trials <count>', 'networks to train, with those that the study has', count, 30)
    .option('--time-limit <seconds>', 'after which no trial begins', positiveNumber)
    .addOption(
      new FileOption('input', '--space <file>', 'JSON with what is searched (default: see below)'),
    )
    .addOption(
      new FileOption('journal', '--study <file>', 'journal; when it exists, the search goes on'),
    )
    .addOption(
      new Option('--study-data <changed>', 'goes on though the study is of other rows').choices([
        'changed',
      ]),
    )
    .addOption(
      new Option('--sampler <name>', 'who suggests what to try')
        .choices(Object.keys(samplers))
        .default('tpe'),
    )
    .addOption(
      new Option('--pruner <name>', 'who ends trials that lead nowhere')
        .choices(searchPruners)
        .default('median'),
    )
    .option(
      '--parallel <count>',
      'trials at the same time (default: as many as threads, at most 8)',
      threads,
    );
}

const folds = wholeNumber(2, 1000);

function addTrialOptions(command: Command): void {
  command
    .optionsGroup('Trials:')
    .option('--epochs <count>', 'of each trial (default: as of train)', count)
    .option('--patience <epochs>', 'end a trial after so many without progress', count)
    .addOption(
      new Option('--validation <share>', 'of the rows, by whose loss trials are judged')
        .argParser(share)
        .default(0.2)
        .conflicts('folds'),
    )
    .option('--folds <count>', 'judge trials by cross-validation, the mean over so many', folds)
    .option('--groups <column>', 'no input; rows with the same value stay in one fold')
    .option('--seed <number>', 'of the search, the weights and every random choice', seed, 0)
    .option('--threads <count>', 'of all trials together (default: all cores)', threads);
}

function searchInvocation(data: string, flags: SearchFlags): Invocation {
  requireNoConflict(flags, 'search');
  if (flags.studyData !== undefined && flags.study === undefined) {
    throw new UsageError('--study-data belongs to --study', 'search');
  }
  if (flags.groups !== undefined && flags.folds === undefined) {
    throw new UsageError('--groups belongs to --folds', 'search');
  }
  if (flags.groups !== undefined && flags.groups === flags.target) {
    throw new UsageError('--groups and --target name the same column', 'search');
  }
  if (flags.results !== undefined && !/\.(csv|json)$/i.test(flags.results)) {
    throw new UsageError('--results takes a file whose name ends with .csv or .json', 'search');
  }
  const { autoencoder = false, balanced = false, ignore = [], json = false } = flags;
  // What stands in no space is as `train` has it.
  const network = {
    activation: normaliseActivation('relu', 'activation'),
    optimizer: normaliseOptimizer('adam', 'optimizer'),
    schedule: normaliseSchedule('constant', 'schedule'),
  };
  const options = { ...flags, ...network, data, autoencoder, balanced, ignore, json };
  return { command: 'search', options };
}
