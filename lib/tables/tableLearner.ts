import type { TableSchema } from '../data/tableSchema.js';
import { ArgumentError } from '../errors.js';
import { normaliseActivation } from '../network/rows.js';
import { detectionLoss, detectionNoise, detectionOptimizer } from './detectionPlan.js';
import type { Intervals } from './intervals.js';
import { type Member, membersOf } from './members.js';
import { planDivided, type TableData } from './tableData.js';
import { tabularUsage, usualInitializer, usualOptimizer, usualScale } from './tableDefaults.js';
import type { Begun, TableLearner } from './tableFit.js';
import type { TableModelOptions } from './tableOptions.js';
import { buildModel, embeddedAbove, type TrainingPlan } from './trainingPlan.js';
import type { TrainingRecord } from './trainingRecord.js';

/** What a model of a table decides of its training: how columns are read, and which networks learn. */

/** A model that is about to learn. */
export interface LearningModel {
  readonly options: TableModelOptions;
  /** What it has learned before, where it goes on. */
  readonly known: KnownTable | undefined;
  /** Sees to it that nothing else trains the model. */
  alone<Result>(train: () => Promise<Result>): Promise<Result>;
  /** Takes over what is trained: see `TableLearner.adopt`. */
  adopt(
    schema: TableSchema,
    networks: readonly Member[],
    training?: TrainingRecord,
    hasMore?: boolean,
    intervals?: Intervals,
  ): void;
  /** Makes the model what it was before. */
  undo(): void;
}

interface KnownTable {
  readonly schema: TableSchema;
  readonly networks: readonly Member[];
}

export function tableLearner(model: LearningModel): TableLearner {
  const { options, known } = model;
  const { target = null, autoencoder = false, seed = 0 } = options;
  return {
    surveyOptions: (header) => {
      const wanted = known === undefined ? target : null;
      return { ...readingOf(options), target: autoencoder ? null : wanted, header };
    },
    ...{ seed, known: known?.schema },
    train: (action) => model.alone(action),
    requireOne: (single) => requireOne(single, options, known),
    plan: (data, wanted) => {
      const members = known === undefined ? options.members : known.networks.length;
      const own = {
        members,
        autoencoder: data.task === 'autoencoding',
        goesOn: known !== undefined,
      };
      return planDivided({ ...options, ...wanted, ...own }, data);
    },
    begin: (data, plan, { isUsual }): Begun => ({
      networkOf: networksOf(model, (seed) => newNetwork(options, data, plan, { seed, isUsual })),
      build: (seed) => newNetwork(options, data, plan, { seed, isUsual }),
      usual: usualTraining(options, data, plan, known !== undefined),
      undo: () => model.undo(),
    }),
    adopt: ({ schema }, networks, training, hasMore, intervals) =>
      model.adopt(schema, networks, training, hasMore, intervals),
    intervals: options.intervals,
  };
}

function readingOf(options: TableModelOptions) {
  const { ignore = [], maxCategories = 256 } = options;
  const { missing, task, categorical, keep, decimal, network, build } = options;
  const scale = options.scale ?? usualScale(network);
  // What is built elsewhere knows nothing of indices.
  const embedAbove = build === undefined ? embeddedAbove : undefined;
  return { ignore, maxCategories, missing, task, categorical, keep, decimal, scale, embedAbove };
}

/** @throws ArgumentError for several networks beside an option that is about one. */
function requireOne(
  single: string,
  { members, preset }: TableModelOptions,
  known: KnownTable | undefined,
): void {
  const count = known?.networks.length;
  const wanted = members ?? (preset === 'best' ? preset : 1);
  if ((count ?? wanted) === 1) return;
  throw new ArgumentError({
    path: single,
    expected: 'none beside several networks, as it is about one',
    received:
      count !== undefined
        ? `a model of ${count} networks`
        : members === undefined
          ? "preset: 'best'"
          : `members: ${members}`,
    remedy: 'Leave it out, or train a new model with members: 1.',
  });
}

/** Networks by their numbers, from 1: those that are known, then new ones. */
function networksOf({ known }: LearningModel, build: (seed: number) => Member): Begun['networkOf'] {
  const given = new Set<Member>();
  return (member, seed) => {
    const network = known?.networks[member - 1] ?? build(seed);
    if (given.has(network)) throw builtTwice();
    given.add(network);
    return network;
  };
}

function builtTwice(): ArgumentError {
  return new ArgumentError({
    path: 'build',
    expected: 'a new network each time',
    received: 'one that it has given before',
    remedy:
      'Build the network in the function. A single one is built once with members: 1 and a validation of your own.',
  });
}

/** Options of `fit` of a network, where nobody has given them. */
function usualTraining(
  { build }: TableModelOptions,
  { task, schema: { target } }: TableData,
  { network }: TrainingPlan,
  isKnown: boolean,
): Begun['usual'] {
  if (build !== undefined) return {};
  if (task === 'autoencoding') return { loss: detectionLoss, optimizer: detectionOptimizer() };
  if (isKnown) return {};
  return network === 'tabular' ? tabularUsage(target) : { optimizer: usualOptimizer() };
}

interface NewNetwork {
  readonly seed: number;
  /** Whether nobody has named an optimizer. */
  readonly isUsual: boolean;
}

function newNetwork(
  { activation, dropout, build }: TableModelOptions,
  data: TableData,
  plan: TrainingPlan,
  { seed, isUsual }: NewNetwork,
): Member {
  if (build !== undefined) {
    const { inputSize, outputSize } = plan;
    const { task, schema } = data;
    const network = build({ inputSize, outputSize, task, schema, seed });
    // What does not fit is told before anything is trained.
    membersOf([network], schema, 'model');
    return network;
  }
  const options = { dropout, seed, tied: false, noise: detectionNoise };
  const spec = normaliseActivation(activation ?? 'relu', 'activation');
  // Whoever names the optimizer has a network of any other program.
  const initializer = isUsual ? usualInitializer(spec) : undefined;
  return buildModel({ ...options, activation: spec, initializer }, data, plan);
}
