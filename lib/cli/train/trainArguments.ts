import type { Command } from 'commander';
import { missingWords } from '../../data/missingWords.js';
import { mostNumericClasses } from '../../data/targetInference.js';
import {
  activationTable,
  type InitializerSpec,
  initializerTable,
  lossTable,
  type MetricName,
  metricTable,
  type OptimizerSpec,
  optimizerTable,
  scheduleTable,
} from '../../network/generated.js';
import { normaliseMetrics } from '../../network/metrics.js';
import {
  normaliseActivation,
  normaliseInitializer,
  normaliseLoss,
  normaliseOptimizer,
  normaliseSchedule,
} from '../../network/rows.js';
import { usualInitializer, usualOptimizer } from '../../tables/tableDefaults.js';
import { presets } from '../../tables/trainingPlan.js';
import {
  addFlags,
  type FlagValues,
  flag,
  flagOptionsOf,
  isGiven,
  listFlag,
  nameOf,
  switchFlag,
  valuesOf,
} from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import {
  balanced,
  configFlag,
  count,
  dataArgument,
  dataOf,
  jsonLinesFlag,
  learningFlags,
  namesOf,
  requireNoConflict,
  seed,
  tableFlags,
  tensorboardFlag,
} from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';
import {
  layerSizes,
  noise,
  nonNegativeNumber,
  positiveNumber,
  rowName,
  shareOf,
  wholeNumber,
} from '../arguments/values.js';
import { changeableFlags } from '../run/changeableFlags.js';
import { jobFlags, requireCheckpoints } from '../run/jobFlags.js';
import { settingsToKeep } from '../run/runSettings.js';

/** The flags of `layerwise train`. */

const activations = activationTable.filter(({ scope }) => scope === 'element');

/** Losses of numbers. */
const numberLosses = lossTable.filter(
  ({ targets, output }) => targets === 'matrix' && output === null,
);

function nameOfSpec({ type }: { readonly type: string }): string {
  return type;
}

const networkFlags = {
  hidden: flag(
    '--hidden <units>',
    'units of the hidden layers, 128,64 say, or none (default: 128,64; autoencoder: 128 on ' +
      'either side of the code)',
    { read: layerSizes, sets: 'hidden', isCommon: true },
  ),
  activation: flag('--activation <name>', `of the hidden layers: ${namesOf(activations)}`, {
    read: rowName(activations, (name) => normaliseActivation(name, 'activation'), nameOfSpec),
    fallback: normaliseActivation('relu', 'activation'),
    fallbackText: 'relu',
    sets: 'activation',
  }),
  initializer: flag(
    '--initializer <name>',
    `first weights of the hidden layers: ${namesOf(initializerTable)} (default: glorotUniform ` +
      'before relu, where the optimizer is the default; else what suits the activation)',
    {
      read: rowName(
        initializerTable,
        (name) => normaliseInitializer(name, 'initializer'),
        nameOfSpec,
      ),
      sets: 'kernelInitializer',
    },
  ),
  dropout: flag('--dropout <share>', 'of the hidden units, 0 in each step at random', {
    read: shareOf('hidden units'),
    sets: 'dropout',
  }),
  tied: switchFlag('--tied', 'the decoder of an autoencoder uses the weights of its encoder', {
    sets: 'tied',
  }),
  noise: flag(
    '--noise <kind>',
    'on the rows that an autoencoder learns from: swap, masking, gaussian or saltAndPepper, swap:0.2 say, ' +
      'or none (default: swap:0.2 for tables, none for images and with --contractive)',
    { read: noise, sets: 'corruption' },
  ),
  contraction: flag(
    '--contractive <weight>',
    'a contractive autoencoder: what codes cost that change with the row, 0.1 say',
    { read: positiveNumber, sets: 'contraction' },
  ),
};

const startFlags = { from: changeableFlags.from };

const trainingFlags = {
  preset: flag('--preset <name>', 'how much time a good model is worth: fast or best', {
    choices: presets,
  }),
  members: flag(
    '--members <count>',
    'networks that predict together, each trained on all but one of as many parts of the rows (default: ' +
      '5 below 10,000 rows of a table, 10 with --preset best; else 1)',
    { read: wholeNumber(1, 100), sets: 'members' },
  ),
  epochs: changeableFlags.epochs,
  batchSize: flag('--batch-size <rows>', 'rows per update (default: 32; 128 from 10,000 rows)', {
    read: count,
    sets: 'batchSize',
  }),
  optimizer: flag(
    '--optimizer <name>',
    `${namesOf(optimizerTable)} (default: adamW with --weight-decay 1; adam for autoencoders, images and --from)`,
    {
      read: rowName(optimizerTable, (name): string => normaliseOptimizer(name, 'optimizer').type),
      sets: 'optimizer',
    },
  ),
  learningRate: flag(
    '--learning-rate <rate>',
    `step size (default: ${optimizerTable.map(learningRateText).join(', ')})`,
    { read: positiveNumber, sets: 'optimizer.learningRate' },
  ),
  weightDecay: flag(
    '--weight-decay <decay>',
    'draws the weights towards 0; of adamW, an update takes that times the learning rate from each',
    { read: nonNegativeNumber, sets: 'optimizer.weightDecay' },
  ),
  schedule: flag('--schedule <name>', `of the learning rate: ${namesOf(scheduleTable)}`, {
    read: rowName(scheduleTable, (name) => normaliseSchedule(name, 'schedule'), nameOfSpec),
    fallback: normaliseSchedule('constant', 'schedule'),
    fallbackText: 'constant',
    sets: 'schedule',
  }),
  patience: flag(
    '--patience <epochs>',
    'end after so many epochs without progress, and keep the best (default: never)',
    { read: count, sets: 'earlyStopping.patience' },
  ),
  loss: flag(
    '--loss <name>',
    `what an autoencoder makes small: ${namesOf(numberLosses)} (default: huber for tables, ` +
      'meanSquaredError for images and with --contractive)',
    {
      read: rowName(numberLosses, (name) => normaliseLoss(name, 'loss'), nameOfSpec),
      sets: 'loss',
    },
  ),
  metrics: listFlag('--metric <names...>', `measured besides the loss: ${namesOf(metricTable)}`, {
    sets: 'metrics',
    items: metricTable.map(({ name }) => name),
  }),
  monitor: flag(
    '--monitor <name>',
    'what --patience and reduceOnPlateau go by: loss, a metric, or validation.f1 and the like ' +
      '(default: the loss, of the validation if there is one)',
    { sets: 'monitor' },
  ),
  onNonFinite: flag(
    '--on-non-finite <action>',
    'where numbers are not finite: stop, skipBatch (leave the update out), or rollback (to the start of the epoch, ' +
      'with half the learning rate)',
    {
      choices: ['stop', 'skipBatch', 'rollback'],
      fallback: 'stop',
      fallbackText: 'stop',
      sets: 'onNonFinite',
    },
  ),
  statistics: switchFlag('--statistics', 'tell after each epoch what the layers do', {
    sets: 'statistics',
  }),
  balanced,
  validation: flag('--validation <share>', 'of the rows, kept to measure the model', {
    read: shareOf('rows'),
    fallback: 0.1,
    sets: 'validation',
  }),
  validationFile: flag(
    '--validation-file <file>',
    'a table to measure the model with, in place of some rows',
    {
      file: 'input',
    },
  ),
  validationLast: flag(
    '--validation-last <rows>',
    'keep the last rows to measure the model, in place of rows drawn at random',
    { read: count, sets: 'validation.last' },
  ),
  validationGroups: flag(
    '--validation-groups <column>',
    'keep whole groups of rows, those with the same value there; the column is no input',
    { sets: 'validation.groups' },
  ),
  seed: flag('--seed <number>', 'of the weights and of every random choice', {
    read: seed,
    fallback: 0,
    sets: 'seed',
  }),
  threads: changeableFlags.threads,
};

const outputFlags = {
  out: flag('--out <file>', 'save the model there, as safetensors', {
    file: 'output',
    isCommon: true,
  }),
  tensorboard: tensorboardFlag,
  csvLog: changeableFlags.csvLog,
  config: configFlag,
  json: jsonLinesFlag,
};

const flags = {
  ...learningFlags,
  ...networkFlags,
  ...startFlags,
  ...trainingFlags,
  ...jobFlags,
  ...tableFlags,
  ...outputFlags,
};

type TrainFlags = FlagValues<typeof flags>;

/** What `train` is asked to do, as plain data. */
export interface TrainOptions
  extends Omit<TrainFlags, 'optimizer' | 'learningRate' | 'weightDecay' | 'metrics' | 'ignore'> {
  /** CSV or IDX, plain or gzip. */
  readonly data: string;
  readonly optimizer: OptimizerSpec;
  /** Whether nobody has named it. */
  readonly isUsualOptimizer?: boolean;
  readonly metrics: readonly MetricName[];
  /** Columns that are no inputs. */
  readonly ignore: readonly string[];
  /** Whether something is asked for that is about one network, so that there are no others. */
  readonly isSingle: boolean;
  /** The options as the folder of a run keeps them; undefined without `--run`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

function learningRateText({ name, parameters }: (typeof optimizerTable)[number]): string {
  const rate = parameters.find((parameter) => parameter.name === 'learningRate');
  return `${String(rate?.default)} for ${name}`;
}

export function addTrain(program: HelpfulCommand, accept: (options: TrainOptions) => void): void {
  const command = subcommand(
    program,
    'train',
    'Train a classifier, a regressor or an autoencoder on a table or on images.',
    help,
  ).addArgument(dataArgument());
  addFlags(command, {
    'What to learn:': learningFlags,
    'Network:': { ...networkFlags, ...startFlags },
    'Training:': trainingFlags,
    'Long trainings:': jobFlags,
    'Table:': tableFlags,
    'Output:': outputFlags,
  });
  command.action((data: string | undefined, parsed) => {
    accept(readTrainOptions(command, data ?? dataOf(parsed)));
  });
}

/** The options of the command when it has been parsed. */
export function readTrainOptions(command: Command, data: string): TrainOptions {
  const given = valuesOf(flags, command.opts());
  if (given.from !== undefined) requireNoNewNetwork(command);
  const single = ofOneNetwork.find((key) => isGiven(command, key));
  // How many networks a model has, it says itself.
  requireOneNetwork(command, given, single ?? (given.from && 'from'));
  const options = {
    ...optionsOf(data, given),
    isUsualOptimizer: !isGiven(command, 'optimizer') && !isGiven(command, 'weightDecay'),
    isSingle: single !== undefined,
  };
  if (given.run === undefined) return options;
  const left = given.from === undefined ? [] : ofNewNetworks;
  return { ...options, settings: settingsToKeep(command, given.run, data, left) };
}

/** What is about one network, of which there is then only one. */
const ofOneNetwork = [
  ...['validationFile', 'validationLast', 'validationGroups'],
  ...['run', 'checkpoint', 'validation', 'patience', 'monitor'],
  ...['statistics', 'tensorboard', 'csvLog'],
] as const satisfies readonly (keyof TrainFlags)[];

/** @throws UsageError for several networks beside what is about one. */
function requireOneNetwork(
  command: Command,
  { members = 1, preset }: TrainFlags,
  single: string | undefined,
): void {
  const asked = members > 1 ? `--members ${members}` : preset === 'best' ? '--preset best' : null;
  if (asked === null || single === undefined) return;
  const { flag } = flagOptionsOf(command).find(({ key }) => key === single) ?? {};
  throw new UsageError(
    `${asked} trains several networks, and ${flag && nameOf(flag)} is about one: leave one of them out`,
    'train',
  );
}

/** Whether the target of a table is to be learned, and no optimizer is named: with that, the network is that of programs. */
function hasTableDefaults({ optimizer, autoencoder, labels, from }: TrainFlags): boolean {
  return optimizer === undefined && !autoencoder && labels === undefined && from === undefined;
}

function optimizerOf(given: TrainFlags): OptimizerSpec {
  const { optimizer, learningRate, weightDecay } = given;
  if (hasTableDefaults(given)) return usualOptimizer({ learningRate, weightDecay });
  const type = optimizer ?? (weightDecay === undefined ? 'adam' : 'adamW');
  const decay = weightDecay === undefined ? {} : { weightDecay };
  return normaliseOptimizer({ type, ...decay, learningRate }, 'optimizer');
}

function initializerOf(given: TrainFlags): InitializerSpec | undefined {
  if (given.initializer !== undefined) return given.initializer;
  return hasTableDefaults(given) ? usualInitializer(given.activation) : undefined;
}

function optionsOf(data: string, given: TrainFlags): Omit<TrainOptions, 'isSingle'> {
  // What a trained model is of, it says itself.
  if (given.from === undefined) {
    requireNoConflict(given, 'train');
    requireSense(given);
  }
  requireMonitored(given);
  requireOneValidation(given);
  requireCheckpoints(given, given.out);
  const { learningRate: _, weightDecay: __, ...rest } = given;
  const names = given.metrics?.flatMap((words) => words.split(',')) ?? [];
  return {
    ...rest,
    data,
    optimizer: optimizerOf(given),
    initializer: initializerOf(given),
    metrics: normaliseMetrics(names, 'metrics').map(({ type }) => type),
    ignore: given.ignore ?? [],
  };
}

/** @throws UsageError for flags that would do nothing. */
function requireSense(given: TrainFlags): void {
  const { autoencoder, dropout, tied, contraction } = given;
  if (autoencoder && dropout) throw new UsageError('--autoencoder has no --dropout', 'train');
  if (!autoencoder && tied) throw new UsageError('--tied belongs to --autoencoder', 'train');
  if (!autoencoder && given.loss) throw new UsageError('--loss belongs to --autoencoder', 'train');
  if (!autoencoder && given.noise)
    throw new UsageError('--noise belongs to --autoencoder', 'train');
  if (!autoencoder && contraction !== undefined) {
    throw new UsageError('--contractive belongs to --autoencoder', 'train');
  }
}

/** @throws UsageError for rows that are chosen in two ways. */
function requireOneValidation(given: TrainFlags): void {
  const ways = (['validationFile', 'validationLast', 'validationGroups'] as const).filter(
    (name) => given[name] !== undefined,
  );
  if (ways.length < 2) return;
  throw new UsageError(
    'give one of --validation-file, --validation-last and --validation-groups',
    'train',
  );
}

/** @throws UsageError for a monitor that nothing goes by. */
function requireMonitored({ monitor, patience, schedule }: TrainFlags): void {
  const isMonitored = patience !== undefined || schedule.type === 'reduceOnPlateau';
  if (monitor === undefined || isMonitored) return;
  throw new UsageError('--monitor needs --patience or --schedule reduceOnPlateau', 'train');
}

/** What a trained model has already, and how its data is read. */
const ofNewNetworks = [
  ...Object.keys(networkFlags),
  ...['code', 'missing', 'header', 'maxCategories', 'decimal', 'categorical', 'keep', 'scale'],
];

/** @throws UsageError for flags of a new network beside `--from`. */
function requireNoNewNetwork(command: Command): void {
  const { key, flag } =
    flagOptionsOf(command).find(
      ({ key }) => ofNewNetworks.includes(key) && isGiven(command, key),
    ) ?? {};
  if (flag === undefined || key === undefined) return;
  throw new UsageError(
    `${nameOf(flag)} is for a new network, and --from goes on with one: leave it out`,
    'train',
  );
}

const words = missingWords.slice(1, 6).join(', ');

const help: HelpTexts = {
  examples: [
    'layerwise train iris.csv --target species --out iris.safetensors',
    'layerwise train houses.csv --target price --ignore id address --hidden 256,128 --epochs 50',
    'layerwise train sensors.csv.gz --autoencoder --contamination 0.01 --out anomalies.safetensors',
    'layerwise train train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz',
    'layerwise train new-irises.csv --from iris.safetensors --out iris-2.safetensors',
    'layerwise train --config job.json --epochs 50',
    'layerwise train houses.csv --target price --run runs/1 --resume --time-limit 2h',
  ],
  details: `
The file is a CSV table whose first line holds the names of the columns, or an IDX file of images
(MNIST); both may be packed with gzip. Delimiter and encoding marks are recognised.

How columns become inputs:
  numbers   (value - mean) / standard deviation, over the rows that train
  text      up to 9 different ones: an input for each, of which one is 1 and the others 0; more: one
            input, the number of the text, for which the network learns a vector (not an
            autoencoder: an input for each, up to --max-categories). Texts in fewer than 4 rows, and
            those that training did not see, have a vector in common. Dates are texts.
  missing   an empty field, ${words} or what else programs write for it (in
            any case), between numbers also None, -, . and the like; or what --missing names. A number is replaced by the mean, and if any was missing in training, a
            second input tells missing from present. In a text column, missing is a category
            of its own. Rows without a target are not used.
  A column is text if a single value in it is not a number, or if --categorical names it. Constant
  columns are left out (an autoencoder keeps them), and so are those that count the rows and are called
  id, row or index, unless --keep names them. Images of bytes are scaled to 0...1.

Classifier or regressor, unless --task says it:
  A target with text is classified, by its texts as they are: 01 and 1 are two classes. Numbers with
  a few texts between them are refused, with the line. A target of numbers is classified when all
  are whole, at most ${mostNumericClasses} of them differ, and there are at least twice as many rows as different
  numbers. Otherwise the number itself is predicted. The labels of images are always classes.

The rows for --validation are drawn at random, by --seed, of each class its share; they are not trained
on, and leave no trace in means, scales and categories.

Ctrl-C ends the training after the current batch and saves the model as it is, if --out is given; with --run
it writes a checkpoint.
A second Ctrl-C, a second later or more, quits at once.

With --from, a model goes on to learn from new rows of its own columns: target, scaling and network are
those of the model.

A file for --config is JSON with these options, named as flags are: batchSize for --batch-size,
"header": false for --no-header, and data for the file. Flags that are typed come first. Paths in it are
relative to its folder. Its $schema is node_modules/layerwise/schemas/train.json.

With --run, all of the training lies in one folder: the options (config.json), a line of JSON for each epoch
(metrics.jsonl), a log, the checkpoints, and in the end the model. Ended by a signal, by --time-limit or by
nothing that could be foreseen, the same command line with --resume goes on with the last checkpoint, to the
same bits, and layerwise resume <folder> is short for it. SIGUSR2 asks for a checkpoint. --checkpoint keeps
checkpoints alone.

With --json, standard output carries one JSON object per line; its "type" is data, model, member,
progress, epoch, statistics, warning, checkpoint, note, done, detector, saved, finished or error.
`,
};
