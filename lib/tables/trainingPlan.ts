import type { Autoencoder } from '../autoencoders/autoencoder.js';
import { contractiveAutoencoder } from '../autoencoders/contractive.js';
import type { Corruption } from '../autoencoders/recipe.js';
import { autoencoder } from '../autoencoders/undercomplete.js';
import { FileRows } from '../data/fileRows.js';
import type { IdxSchema } from '../data/idxSchema.js';
import { embeddedInputsOf, type TableSchema } from '../data/tableSchema.js';
import type { Task } from '../data/targetInference.js';
import { ArgumentError } from '../errors.js';
import { type Sequential, sequential } from '../model/sequential.js';
import {
  type ActivationName,
  type ActivationSpec,
  dropout,
  type InitializerSpec,
} from '../network/generated.js';
import { dense } from '../network/layers/dense.js';
import {
  type EmbeddingLayer,
  type EmbeddingOptions,
  embedding,
} from '../network/layers/embedding.js';
import { detectionCode, detectionUpdates, mostDetectionEpochs } from './detectionPlan.js';
import { tabularHidden, tabularNetwork, tabularTraining } from './tabular.js';

/** What is decided of a training from its data, where nobody has decided it. */

/** What a model learns: its target, or its own inputs. */
export type TableTask = Task | 'autoencoding';

/** How much time a good model is worth. */
export const presets = ['fast', 'best'] as const;
export type Preset = (typeof presets)[number];

/** What learns the target of a table: the usual network, or that of `tabular`. */
export const networkNames = ['dense', 'tabular'] as const;
export type NetworkName = (typeof networkNames)[number];

/** What was asked for; undefined for what is left to the plan. */
export interface PlanOptions {
  readonly autoencoder: boolean;
  readonly network?: NetworkName | undefined;
  readonly hidden?: readonly number[] | undefined;
  readonly code?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly contraction?: number | undefined;
  /** Networks that predict together. */
  readonly members?: number | undefined;
  readonly preset?: Preset | undefined;
  /** Whether something is asked for that is about one network: its rows for validation, say, or its checkpoints. */
  readonly isSingle?: boolean | undefined;
  /** The share of the rows that is kept from the training. */
  readonly validation: number;
  /** Whether a model that is trained goes on to learn. */
  readonly goesOn?: boolean | undefined;
}

/** What a network is built from besides its plan. */
export interface NetworkOptions {
  readonly activation: ActivationSpec;
  /** Of the hidden layers; what suits their activation where it is undefined. */
  readonly initializer?: InitializerSpec | undefined;
  readonly dropout?: number | undefined;
  readonly seed: number;
  readonly tied: boolean;
  readonly contraction?: number | undefined;
  /** On the inputs of an autoencoder while it trains. */
  readonly noise?: Corruption | 'none' | undefined;
}

/** Encoded data, as far as a plan depends on it. */
export interface PlannedData {
  readonly inputs: { readonly rows: number; readonly columns: number };
  readonly schema: TableSchema | IdxSchema;
  readonly task: TableTask;
}

/** All of it filled in. */
export interface TrainingPlan {
  readonly network: NetworkName;
  readonly inputSize: number;
  /** Classes, or 1 number; the inputs again for an autoencoder. */
  readonly outputSize: number;
  /** Units of the hidden layers; of the encoder, for an autoencoder. */
  readonly hidden: readonly number[];
  /** Null where there is no autoencoder. */
  readonly code: number | null;
  readonly epochs: number;
  readonly batchSize: number;
  /** Networks that predict together, each trained on all folds of the rows but one; 1 for a single network. */
  readonly members: number;
  /** Whether a single network is trained once more, on all rows, when those for validation have told for how many epochs. */
  readonly refits: boolean;
  /** That a network learns from. */
  readonly trainingRows: number;
  /** That are kept from it: drawn at random by the core, or, of several networks, those of a fold. */
  readonly validationRows: number;
}

/**
 * Where rows are few, each is worth more to the training than to a validation, and networks differ by chance: several
 * of them, which judge each other's rows, predict better together.
 */
const fewRows = 10_000;
const usualMembers = 5;
const membersOfBest = 10;
/** Of rows that hardly make folds, one network learns. */
const leastRowsOfFold = 4;
/** Of fewer rows, which epoch was the best is mostly noise. */
const fewestRowsToJudge = 500;

/** Enough updates for Adam to settle on small data, and few enough not to learn it by heart. */
const ofOthers = { updates: 1000, most: 100 };
const ofDetection = { updates: detectionUpdates, most: mostDetectionEpochs };
const fewestEpochs = 10;

/**
 * @param given as the option `validation` has it, if not given.
 * @throws ArgumentError when a batch is larger than the data
 */
export function planTraining(
  options: PlanOptions,
  data: PlannedData,
  given?: number,
): TrainingPlan {
  const { rows, columns } = data.inputs;
  const members = given === undefined ? chooseMembers(options, data) : 1;
  const held = members > 1 ? Math.ceil(rows / members) : Math.floor(rows * options.validation);
  const validationRows = given ?? held;
  const trainingRows = rows - validationRows;
  const { network = 'dense' } = options;
  const { hidden, batchSize, epochs } = (network === 'tabular' ? planTabular : planDense)(
    options,
    data,
    trainingRows,
  );
  return {
    network,
    inputSize: columns,
    outputSize: outputSizeOf(data, columns),
    hidden,
    code: options.autoencoder ? (options.code ?? chooseCode(options, data)) : null,
    ...{ epochs, batchSize },
    members,
    refits: members === 1 && validationRows >= fewestRowsToJudge && mayRefit(options, data),
    trainingRows,
    validationRows,
  };
}

/** Whoever names rows for validation wants them kept from the model. */
function mayRefit({ isSingle, preset, goesOn }: PlanOptions, data: PlannedData): boolean {
  const isTarget = data.task !== 'autoencoding' && data.schema.kind === 'table';
  const isDecided = isSingle || goesOn || preset === 'fast';
  return isTarget && !isDecided && !FileRows.isFileRows(data.inputs);
}

type LearningPlan = Pick<TrainingPlan, 'hidden' | 'epochs' | 'batchSize'>;

function planDense(options: PlanOptions, data: PlannedData, trainingRows: number): LearningPlan {
  const batchSize = requireBatch(options, trainingRows) ?? usualBatch(trainingRows);
  const { updates, most } = detects(options, data) ? ofDetection : ofOthers;
  const epochs = Math.ceil(updates / Math.ceil(trainingRows / batchSize));
  return {
    hidden: options.hidden ?? (options.autoencoder ? [128] : [128, 64]),
    epochs: options.epochs ?? Math.min(most, Math.max(fewestEpochs, epochs)),
    batchSize,
  };
}

function planTabular(options: PlanOptions, data: PlannedData, trainingRows: number): LearningPlan {
  if (data.schema.kind === 'idx' || data.task === 'autoencoding') throw ofTargets();
  const { epochs, batchSize } = tabularTraining({ rows: trainingRows });
  return {
    hidden: options.hidden ?? tabularHidden,
    epochs: options.epochs ?? epochs,
    batchSize: requireBatch(options, trainingRows) ?? batchSize,
  };
}

function ofTargets(): ArgumentError {
  return new ArgumentError({
    path: 'network',
    expected: "'dense', as 'tabular' learns the target of a table",
    received: "'tabular'",
    remedy: 'Leave it out.',
  });
}

/** Whether an autoencoder is for a table, and not of a kind of its own. */
export function detects(
  { autoencoder, contraction }: Pick<PlanOptions, 'autoencoder' | 'contraction'>,
  { schema }: Pick<PlannedData, 'schema'>,
): boolean {
  return autoencoder && contraction === undefined && schema.kind === 'table';
}

function chooseCode(options: PlanOptions, { schema, inputs }: PlannedData): number {
  if (schema.kind === 'table' && detects(options, { schema })) return detectionCode(schema);
  return Math.min(32, Math.ceil(inputs.columns / 4));
}

function chooseMembers({ members, preset, isSingle }: PlanOptions, data: PlannedData): number {
  const { rows } = data.inputs;
  const isInFile = FileRows.isFileRows(data.inputs);
  const isOther = data.task === 'autoencoding' || data.schema.kind === 'idx';
  if (members !== undefined) {
    if (members > 1 && (isOther || isInFile)) throw ofOneNetwork(members, isInFile);
    if (members === 1 || 2 * members <= rows) return members;
    throw new ArgumentError({
      path: 'members',
      expected: `at most ${Math.floor(rows / 2)}, as each keeps rows from the training, of which there are ${rows}`,
      received: String(members),
    });
  }
  if (isSingle || preset === 'fast' || isOther || isInFile || rows >= fewRows) return 1;
  const wanted = preset === 'best' ? membersOfBest : usualMembers;
  return rows >= leastRowsOfFold * wanted ? wanted : 1;
}

function ofOneNetwork(members: number, isInFile: boolean): ArgumentError {
  const why = isInFile
    ? 'rows in a file are not taken apart'
    : 'the target of a table is learned by several';
  return new ArgumentError({
    path: 'members',
    expected: `1, as ${isInFile ? why : `only ${why}`}`,
    received: String(members),
    remedy: isInFile ? 'Give the table itself.' : 'Leave it out.',
  });
}

function usualBatch(rows: number): number {
  return Math.min(rows < 10_000 ? 32 : 128, rows);
}

/** What was asked for. @throws ArgumentError */
function requireBatch({ batchSize }: PlanOptions, rows: number): number | undefined {
  if (batchSize === undefined || batchSize <= rows) return batchSize;
  throw new ArgumentError({
    path: 'batchSize',
    expected: `at most the ${rows} rows that train`,
    received: String(batchSize),
  });
}

function outputSizeOf({ schema, task }: PlannedData, columns: number): number {
  if (task === 'autoencoding') return columns;
  if (task === 'regression') return 1;
  if (schema.kind === 'idx') return schema.classes?.length ?? 0;
  return schema.target?.type === 'classes' ? schema.target.classes.length : 0;
}

/** Beyond so many different texts, a column has vectors in place of an input for each (RealMLP, as the two below). */
export const embeddedAbove = 9;
export const unitsOfVectors = 8;
/** Enough for the unknown category to be trained where none is rare. */
const shareOfUnknown = 0.01;
/**
 * A vector learns from the rows of its category alone. It begins near zero, so that what it says comes from these rows and
 * not from chance, and learns faster than the weights, which all rows train.
 */
const deviationOfVectors = 0.05;
const rateOfVectors = 3;

type VectorTraining = Pick<EmbeddingOptions, 'initializer' | 'learningRateFactor'>;

const usualVectors: VectorTraining = {
  initializer: { type: 'normal', standardDeviation: deviationOfVectors },
  learningRateFactor: rateOfVectors,
};

/** The layer that has a vector for each category of columns with many. */
function vectorsOf(schema: TableSchema | IdxSchema, training: VectorTraining): EmbeddingLayer[] {
  const inputs = schema.kind === 'table' ? embeddedInputsOf(schema) : [];
  if (inputs.length === 0) return [];
  const columns = inputs.map(({ input, levels }) => ({ input, levels, units: unitsOfVectors }));
  return [embedding({ columns, dropToUnknown: shareOfUnknown, ...training })];
}

/** The untrained network. */
export function buildModel(
  { activation, initializer, dropout: rate, seed, tied, contraction, noise }: NetworkOptions,
  { schema, task }: PlannedData,
  { network, inputSize, outputSize, hidden, code }: TrainingPlan,
): Sequential | Autoencoder {
  if (network === 'tabular') {
    const outputs = task === 'classification' ? { classes: outputSize } : { outputs: outputSize };
    return tabularNetwork({ inputSize, ...outputs, hidden, vectors: vectorsOf(schema, {}), seed });
  }
  if (code !== null) {
    // Bytes lie in 0...1, and so does the sigmoid; standardised values have no bounds.
    const isBytes = schema.kind === 'idx' && schema.valueType === 'uint8';
    const outputActivation: ActivationName = isBytes ? 'sigmoid' : 'linear';
    const options = {
      ...{ inputSize, code, hidden: [...hidden], activation, outputActivation, seed },
      ...(tied && { tied }),
      ...(noise !== undefined && noise !== 'none' && { corruption: noise }),
    } as const;
    return contraction === undefined
      ? autoencoder(options)
      : contractiveAutoencoder({ ...options, contraction });
  }
  const output = dense(outputSize, {
    activation: task === 'classification' ? 'softmax' : 'linear',
  });
  const layers = hidden.flatMap((units) => [
    dense(units, { activation, kernelInitializer: initializer }),
    ...(rate ? [dropout({ rate })] : []),
  ]);
  return sequential([...vectorsOf(schema, usualVectors), ...layers, output], { inputSize, seed });
}
