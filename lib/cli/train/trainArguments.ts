import type { Command } from 'commander';
import type { InitializerSpec, MetricName, OptimizerSpec } from '../../network/generated.js';
import { normaliseMetrics } from '../../network/metrics.js';
import { normaliseOptimizer } from '../../network/rows.js';
import { usualInitializer, usualOptimizer } from '../../tables/tableDefaults.js';
import {
  addFlags,
  type FlagValues,
  flagOptionsOf,
  isGiven,
  nameOf,
  valuesOf,
} from '../arguments/flags.js';
import { type HelpfulCommand, subcommand } from '../arguments/help.js';
import {
  dataArgument,
  dataOf,
  learningFlags,
  requireNoConflict,
  tableFlags,
} from '../arguments/sharedFlags.js';
import { UsageError } from '../arguments/usageError.js';
import { jobFlags, requireCheckpoints } from '../run/jobFlags.js';
import { isRunOfOne, settingsToKeep } from '../run/runSettings.js';
import { networkFlags, outputFlags, startFlags, trainingFlags } from './trainFlags.js';
import { trainHelp } from './trainHelp.js';

/** The options of `layerwise train`, as flags give them. */

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
  /** A table, images, or rows of a table. */
  readonly data: string;
  readonly optimizer: OptimizerSpec;
  /** Whether nobody has named it. */
  readonly isUsualOptimizer?: boolean;
  /** The same of its learning rate, and of the schedule. */
  readonly isUsualRate?: boolean;
  readonly isUsualSchedule?: boolean;
  readonly metrics: readonly MetricName[];
  /** Columns that are no inputs. */
  readonly ignore: readonly string[];
  /** Whether something is asked for that is about one network, so that there are no others. */
  readonly isSingle: boolean;
  /** Whether a model that is trained goes on to learn. */
  readonly goesOn?: boolean;
  /** The options as the folder of a run keeps them; undefined without `--run`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export function addTrain(program: HelpfulCommand, accept: (options: TrainOptions) => void): void {
  const command = subcommand(
    program,
    'train',
    'Train a classifier, a regressor or an autoencoder on a table or on images.',
    trainHelp,
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
  if (given.network === 'tabular') requireOwnNetwork(command);
  const single = ofOneNetwork.find((key) => isGiven(command, key));
  // Runs of versions before 0.3 do not say how many networks they have: they have one.
  const isOldRun = given.run !== undefined && isRunOfOne(given.run);
  // How many networks a model has, it says itself.
  requireOneNetwork(command, given, single ?? (given.from && 'from'));
  const options = {
    ...optionsOf(data, given),
    isUsualOptimizer: !isGiven(command, 'optimizer') && !isGiven(command, 'weightDecay'),
    isUsualRate: !isGiven(command, 'learningRate'),
    isUsualSchedule: !isGiven(command, 'schedule'),
    isSingle: single !== undefined || isOldRun,
  };
  if (given.run === undefined) return options;
  const left = [
    ...(given.from === undefined ? [] : ofNewNetworks),
    // What nobody has asked for is no reason to train one network, when the run goes on.
    ...(single === undefined ? ofOneNetwork : []),
  ];
  return { ...options, settings: settingsToKeep(command, given.run, data, left) };
}

/** What is about one network, of which there is then only one. */
const ofOneNetwork = [
  ...['validationFile', 'validationLast', 'validationGroups'],
  ...['validation', 'patience', 'monitor'],
  'statistics',
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

/** What the network of RealMLP brings along, or is not for. */
const notTabular = [
  ...['autoencoder', 'labels', 'activation', 'initializer', 'dropout'],
] as const satisfies readonly (keyof TrainFlags)[];

/** @throws UsageError for what there is not beside it. */
function requireOwnNetwork(command: Command): void {
  const { flag } =
    flagOptionsOf(command).find(
      ({ key }) => notTabular.some((name) => name === key) && isGiven(command, key),
    ) ?? {};
  if (flag === undefined) return;
  throw new UsageError(
    `--network tabular learns the target of a table, by layers of its own: leave ${nameOf(flag)} out`,
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
