import { Command, CommanderError, Option } from 'commander';
import type { UnknownPolicy } from '../../data/tableEncoder.js';
import {
  activationTable,
  type MetricName,
  metricTable,
  optimizerTable,
  scheduleTable,
} from '../../network/generated.js';
import { normaliseMetrics } from '../../network/metrics.js';
import { normaliseActivation, normaliseOptimizer, normaliseSchedule } from '../../network/rows.js';
import { addCourse } from '../course/courseArguments.js';
import { addSearch } from '../search/searchArguments.js';
import { addStudy } from '../study/studyArguments.js';
import { layerSizes, positiveNumber, share } from './argumentValues.js';
import { FileArgument, FileOption, filesOf, type NamedFile } from './fileOptions.js';
import {
  buildHelp,
  infoHelp,
  inspectHelp,
  predictHelp,
  programHelp,
  trainHelp,
} from './helpTexts.js';
import type {
  BuildOptions,
  InfoOptions,
  InspectOptions,
  Invocation,
  PredictOptions,
} from './options.js';
import {
  type Accept,
  addFormatOptions,
  addLearningOptions,
  addTableOptions,
  count,
  type LearningFlags,
  named,
  namesOf,
  requireNoConflict,
  seed,
  subcommand,
  threads,
} from './sharedArguments.js';
import { UsageError } from './usageError.js';

/** From the words of the command line to plain options. Nothing is read or run here. */

const activations = activationTable.filter(({ scope }) => scope === 'element');

interface ParserOptions {
  readonly version: string;
  /** Columns of the terminal that the help is wrapped to. */
  readonly width?: number | undefined;
}

/** What the command line asks for. */
export interface Request {
  readonly invocation: Invocation;
  /** All files that it names. */
  readonly files: readonly NamedFile[];
}

/**
 * Reads the command line.
 *
 * @param words without the paths of Node and of the program
 * @throws UsageError
 */
export function parseArguments(words: readonly string[], options: ParserOptions): Request {
  const output: string[] = [];
  const complaints: string[] = [];
  const invocations: Invocation[] = [];
  const files: NamedFile[] = [];
  const program = buildProgram(options, (invocation) => invocations.push(invocation));
  program.hook('preAction', (_, command) => {
    files.push(...filesOf(command));
  });
  for (const command of allOf(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => output.push(text),
      writeErr: (text) => complaints.push(text),
      getOutHelpWidth: () => Math.min(options.width || 100, 100),
    });
  }
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return printing(output.join(''), false);
    // What has commands of its own, called without one.
    if (error.code === 'commander.help') return printing(complaints.join(''), true);
    throw usageErrorOf(error, words);
  }
  const [invocation] = invocations;
  if (invocation) return { invocation, files };
  throw new UsageError('no command is given');
}

/** A command, and those within it. */
function allOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allOf)];
}

function printing(text: string, isError: boolean): Request {
  return { invocation: { command: 'print', text, isError }, files: [] };
}

function usageErrorOf(error: CommanderError, words: readonly string[]): UsageError {
  const commands = [
    'train',
    'search',
    'course',
    'predict',
    'inspect',
    'study repair',
    'study',
    'build',
    'info',
  ];
  const isNamed = (name: string) => name.split(' ').every((word) => words.includes(word));
  const command = commands.find(isNamed) ?? '';
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return new UsageError(`${message}${hintFor(error, words)}`, command);
}

const lists = ['--ignore', '--metric', '--missing'];

/** An option of several words takes the file behind them for one of these. */
function hintFor({ code }: CommanderError, words: readonly string[]): string {
  const list = lists.find((option) => words.includes(option));
  if (code !== 'commander.missingArgument' || list === undefined) return '';
  return `; write it in front of ${list}, which takes all words behind it`;
}

/** The description of all commands. */
export function buildProgram({ version }: ParserOptions, accept: Accept): Command {
  const program = new Command('layerwise')
    .description('Trains neural networks on tables and images, and applies them.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', programHelp);
  addTrain(program, accept);
  addSearch(program, accept);
  addPredict(program, accept);
  addInspect(program, accept);
  addStudy(program, accept);
  addBuild(program, accept);
  addCourse(program, accept);
  addInfo(program, accept);
  return program;
}

/** What commander makes of the options of `train`. */
interface TrainFlags extends LearningFlags {
  hidden?: number[];
  activation: string;
  dropout?: number;
  optimizer: string;
  learningRate?: number;
  schedule: string;
  patience?: number;
  metric?: string[];
  monitor?: string;
  statistics?: true;
  tied?: true;
  contractive?: number;
  epochs?: number;
  batchSize?: number;
  validation: number;
  seed: number;
  threads?: number;
  out?: string;
  delimiter?: string;
  header: boolean;
  encoding?: string;
  ignore?: string[];
  maxCategories: number;
  missing?: string[];
  json?: true;
}

function addTrain(program: Command, accept: Accept): void {
  const command = subcommand(
    program,
    'train',
    'Train a classifier, a regressor or an autoencoder on a table or on images.',
    trainHelp,
  ).addArgument(new FileArgument('input', '<data>', 'CSV or IDX file, plain or gzip'));
  addLearningOptions(command);
  addNetworkOptions(command);
  addTrainingOptions(command);
  addTableOptions(command);
  command
    .optionsGroup('Output:')
    .addOption(new FileOption('output', '--out <file>', 'save the model there, as safetensors'))
    .option('--json', 'print one JSON object per line on standard output')
    .action((data: string, flags: TrainFlags) => accept(trainInvocation(data, flags)));
}

function addNetworkOptions(command: Command): void {
  command
    .optionsGroup('Network:')
    .option(
      '--hidden <units>',
      'units of the hidden layers, 128,64 say, or none (default: 128,64; autoencoder: 128 on ' +
        'either side of the code)',
      layerSizes,
    )
    .addOption(
      named('--activation <name>', `of the hidden layers: ${namesOf(activations)}`, 'relu'),
    )
    .option('--dropout <share>', 'of the hidden units, 0 in each step at random', share)
    .option('--tied', 'the decoder of an autoencoder uses the weights of its encoder')
    .option(
      '--contractive <weight>',
      'a contractive autoencoder: what codes cost that change with the row, 0.1 say',
      positiveNumber,
    );
}

function addTrainingOptions(command: Command): void {
  command
    .optionsGroup('Training:')
    .option(
      '--epochs <count>',
      'passes over the data (default: 10, more for small data: 100 below 320 rows)',
      count,
    )
    .option('--batch-size <rows>', 'rows per update (default: 32; 128 from 10,000 rows)', count)
    .addOption(named('--optimizer <name>', namesOf(optimizerTable), 'adam'))
    .option(
      '--learning-rate <rate>',
      `step size (default: ${optimizerTable.map(learningRateText).join(', ')})`,
      positiveNumber,
    )
    .addOption(
      named('--schedule <name>', `of the learning rate: ${namesOf(scheduleTable)}`, 'constant'),
    )
    .option(
      '--patience <epochs>',
      'end after so many epochs without progress, and keep the best (default: never)',
      count,
    )
    .option('--metric <names...>', `measured besides the loss: ${namesOf(metricTable)}`)
    .option(
      '--monitor <name>',
      'what --patience and reduceOnPlateau go by: loss, a metric, or validation.f1 and the like ' +
        '(default: the loss, of the validation if there is one)',
    )
    .option('--statistics', 'tell after each epoch what the layers do')
    .option('--balanced', 'all classes count the same, however many rows they have')
    .option('--validation <share>', 'of the rows, kept to measure the model', share, 0.1)
    .option('--seed <number>', 'of the weights and of every random choice', seed, 0)
    .option('--threads <count>', 'default: all cores; the result does not depend on it', threads);
}

function learningRateText({ name, parameters }: (typeof optimizerTable)[number]): string {
  const rate = parameters.find((parameter) => parameter.name === 'learningRate');
  return `${String(rate?.default)} for ${name}`;
}

function trainInvocation(data: string, flags: TrainFlags): Invocation {
  const { autoencoder = false, learningRate, ignore = [] } = flags;
  requireNoConflict(flags, 'train');
  const rate = learningRate === undefined ? {} : { learningRate };
  const optimizer = normaliseOptimizer({ type: flags.optimizer, ...rate }, '--optimizer');
  const schedule = normaliseSchedule(flags.schedule, '--schedule');
  const activation = normaliseActivation(flags.activation, '--activation');
  const json = flags.json ?? false;
  const balanced = flags.balanced ?? false;
  requireSense(flags);
  const metrics = metricsOf(flags);
  const { learningRate: _, metric: __, contractive: contraction, ...rest } = flags;
  const options = {
    ...{ ...rest, data, autoencoder, optimizer, schedule, activation },
    ...{ balanced, ignore, json, metrics },
    ...(contraction !== undefined && { contraction }),
  };
  return { command: 'train', options };
}

/** @throws UsageError for options that would do nothing. */
function requireSense(flags: TrainFlags): void {
  const { autoencoder = false, dropout, monitor, patience, schedule } = flags;
  if (autoencoder && dropout) throw new UsageError('--autoencoder has no --dropout', 'train');
  for (const name of ['tied', 'contractive'] as const) {
    if (autoencoder || flags[name] === undefined) continue;
    throw new UsageError(`--${name} belongs to --autoencoder`, 'train');
  }
  if (monitor === undefined || patience !== undefined || schedule === 'reduceOnPlateau') return;
  throw new UsageError('--monitor needs --patience or --schedule reduceOnPlateau', 'train');
}

function metricsOf({ metric = [] }: TrainFlags): readonly MetricName[] {
  const names = metric.flatMap((names) => names.split(','));
  return normaliseMetrics(names, '--metric').map(({ type }) => type);
}

interface PredictFlags extends Omit<PredictOptions, 'model' | 'data' | 'json'> {
  readonly json?: true;
}

function addPredict(program: Command, accept: Accept): void {
  const command = subcommand(
    program,
    'predict',
    'Apply a trained model to new rows or images.',
    predictHelp,
  )
    .addArgument(new FileArgument('input', '<model>', 'file that `layerwise train` wrote'))
    .addArgument(
      new FileArgument('input', '<data>', 'CSV or IDX file, plain or gzip; - for standard input'),
    )
    .addOption(
      new FileOption('output', '--out <file>', 'write the CSV there (default: standard output)'),
    )
    .addOption(
      new Option(
        '--unknown <policy>',
        'texts that training did not see: error, or ignore (encode as zeros and count)',
      )
        .choices(['error', 'ignore'] satisfies UnknownPolicy[])
        .default('error', 'error'),
    )
    .option(
      '--escape-formulas',
      "put ' before texts that a spreadsheet would take for formulas: = + - @ ...",
    )
    .option('--threads <count>', 'default: all cores', threads)
    .option('--json', 'print the summary as JSON on standard output (needs --out)');
  addFormatOptions(command);
  command.action((model: string, data: string, flags: PredictFlags) => {
    const { json = false } = flags;
    if (json && flags.out === undefined) {
      throw new UsageError('--json needs --out: standard output carries the CSV', 'predict');
    }
    accept({ command: 'predict', options: { ...flags, model, data, json } });
  });
}

function addInspect(program: Command, accept: Accept): void {
  subcommand(
    program,
    'inspect',
    'Show what is in a model: layers, parameters, the table it was trained on.',
    inspectHelp,
  )
    .addArgument(new FileArgument('input', '<file>', 'a model; or an IDX file'))
    .option('--json', 'print one JSON object')
    .action((file: string, { json = false }: Partial<InspectOptions>) =>
      accept({ command: 'inspect', options: { file, json } }),
    );
}

function addBuild(program: Command, accept: Accept): void {
  subcommand(
    program,
    'build',
    'Compile the core, where the package has no binary for the system.',
    buildHelp,
  )
    .option('--jobs <count>', 'compilers at a time (default: as many as there are cores)', count)
    .option('--verbose', 'show what the compiler prints')
    .option('--json', 'print one JSON object')
    .action(({ jobs, verbose = false, json = false }: Partial<BuildOptions>) =>
      accept({ command: 'build', options: { jobs, verbose, json } }),
    );
}

function addInfo(program: Command, accept: Accept): void {
  subcommand(
    program,
    'info',
    'Show what runs on which machine: the report for a question or a bug.',
    infoHelp,
  )
    .option('--json', 'print one JSON object')
    .action(({ json = false }: Partial<InfoOptions>) =>
      accept({ command: 'info', options: { json } }),
    );
}
