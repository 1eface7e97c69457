import { setImmediate } from 'node:timers/promises';
import { isArray } from '../builtins.js';
import {
  describeValue,
  ownValue,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../checks.js';
import { rowSource } from '../data/matrix.js';
import type { RowSource } from '../data/rowSource.js';
import { inputsAsTargets, type TargetSource, targetSource } from '../data/targets.js';
import { type WeightSource, weightSource } from '../data/weights.js';
import { ArgumentError, rebaseError } from '../errors.js';
import {
  callNative,
  type LossDescription,
  type NativeDataset,
  type NativeFile,
} from '../native.js';
import { requireKnownOutputs } from './objective.js';

/** Data whose shape is checked and that waits for its copy into native memory. */
export interface PreparedData {
  readonly inputs: RowSource;
  /** Of each output. */
  readonly targets: readonly TargetSource[];
  readonly weights: WeightSource | undefined;
  /** The names of the classes of each output, where the data has them. */
  readonly classes: readonly (readonly string[] | undefined)[] | undefined;
}

/** How a kind of model reads its data: `path` is empty for the data of the call itself. */
export type PrepareData = (data: unknown, rule: DataRule, path: string) => PreparedData;

/** What a network wants of its data. */
export interface DataRule {
  readonly inputSize: number;
  readonly outputs: readonly OutputRule[];
}

/** What one output of a network wants of its targets. */
export interface OutputRule {
  /** Empty for the only output. */
  readonly name: string;
  readonly columns: number;
  readonly loss: LossDescription;
}

type SupervisedParts = Partial<Record<'inputs' | 'targets' | 'classes' | 'weights', unknown>>;

/**
 * Checks the form of `{ inputs, targets, classes, weights }`; of several outputs `targets` and `classes`
 * are objects with those of each.
 */
export const prepareSupervised: PrepareData = (given, { inputSize, outputs }, at) => {
  const data = requireParts(given, at === '' ? 'data' : at);
  requireKnownKeys(data, ['inputs', 'targets', 'classes', 'weights'], at);
  const path = at === '' ? '' : `${at}.`;
  const inputs = rowSource(data.inputs, inputSize, `${path}inputs`);
  const parts = outputs.map((output) => partsOf(data, output, outputs, path));
  return {
    inputs,
    targets: parts.map(({ targets, ...part }, index) => {
      const { loss, columns } = outputs[index] as OutputRule;
      return targetSource(targets, { ...part, loss, rows: inputs.rows, outputSize: columns });
    }),
    weights: weightsOf(data.weights, inputs.rows, `${path}weights`),
    classes: data.classes === undefined ? undefined : parts.map(({ classes }) => classes),
  };
};

function weightsOf(given: unknown, rows: number, path: string): WeightSource | undefined {
  return given === undefined ? undefined : weightSource(given, rows, path);
}

/** Whether a value can only be rows or targets, in a form of the inputs. */
export function isArrayOfData(value: unknown): boolean {
  return isArray(value) || ArrayBuffer.isView(value);
}

/** Keras and scikit-learn take inputs and targets as arguments of their own. */
function requireParts(given: unknown, path: string): Record<string, unknown> {
  if (!isArrayOfData(given)) return requireObject(given, path);
  throw new ArgumentError({
    path,
    expected: 'an object with inputs and targets',
    received: describeValue(given),
    remedy: 'Write { inputs, targets }.',
  });
}

interface OutputParts {
  readonly targets: unknown;
  readonly classes: readonly string[] | undefined;
  /** Where the targets and the classes stand. */
  readonly path: string;
  readonly classesPath: string;
}

/** What belongs to one output. */
function partsOf(
  data: SupervisedParts,
  { name }: OutputRule,
  outputs: readonly OutputRule[],
  path: string,
): OutputParts {
  const [targetsPath, classesPath] = [`${path}targets`, `${path}classes`];
  if (name === '') {
    const classes = data.classes as readonly string[] | undefined;
    return { targets: data.targets, classes, path: targetsPath, classesPath };
  }
  const targets = requireObject(data.targets, targetsPath);
  const classes = requireObject(withDefault(data.classes, {}), classesPath);
  requireKnownOutputs(targets, outputs, targetsPath);
  requireKnownOutputs(classes, outputs, classesPath);
  return {
    targets: ownValue(targets, name),
    classes: ownValue(classes, name) as OutputParts['classes'],
    path: `${targetsPath}.${name}`,
    classesPath: `${classesPath}.${name}`,
  };
}

/** Inputs that are their own targets, and how much each row counts. */
export function prepareInputsOnly(
  given: unknown,
  inputSize: number,
  path: string,
  weighting?: { readonly weights: unknown; readonly path: string },
): PreparedData {
  const inputs = rowSource(given, inputSize, path);
  return {
    inputs,
    targets: [inputsAsTargets],
    weights: weighting && weightsOf(weighting.weights, inputs.rows, weighting.path),
    classes: undefined,
  };
}

/**
 * Copies data into native memory, slice by slice, and lets the event loop breathe between two.
 *
 * @param isCancelled Asked between two slices; once true, the dataset is left incomplete.
 */
export async function uploadData(
  { inputs, targets, weights }: PreparedData,
  isCancelled: () => boolean = () => false,
): Promise<NativeDataset> {
  const data = { inputs, targets, weights };
  const { rows, file } = inputs;
  const dataset = makeDataset(data, rows, file);
  await writeRows(dataset, data, { start: 0, end: rows, at: 0 }, isCancelled, file !== undefined);
  return dataset;
}

/** Native memory for so many rows of the form of some data. */
export function makeDataset(
  { inputs, targets, weights }: Omit<PreparedData, 'classes'>,
  rows: number,
  file?: NativeFile,
): NativeDataset {
  const { columns, inputType, scale, offset } = inputs;
  const shapes = targets.map(({ target, targetColumns }) => ({ target, targetColumns }));
  const shape = { rows, columns, inputType, scale, offset, targets: shapes, file };
  return callNative(({ Dataset }) => new Dataset({ ...shape, weights: weights !== undefined }));
}

/** Rows of some data from `start` up to `end`, and the row of the data set that the first of them is to be. */
interface RowsToWrite {
  readonly start: number;
  readonly end: number;
  readonly at: number;
}

/** @param areInputsInFile Whether the core reads the inputs by itself. */
export async function writeRows(
  dataset: NativeDataset,
  { inputs, targets, weights }: Omit<PreparedData, 'classes'>,
  rows: RowsToWrite,
  isCancelled: () => boolean,
  areInputsInFile = false,
): Promise<void> {
  if (!areInputsInFile) {
    await writeSlices(inputs, rows, dataset.writeInputs.bind(dataset), isCancelled);
  }
  for (const [output, own] of targets.entries()) {
    if (own === inputsAsTargets) continue;
    const write = (row: number, values: SliceOf<TargetSource>) =>
      dataset.writeTargets(row, values, output);
    await writeSlices(own, rows, write, isCancelled);
  }
  if (weights !== undefined) {
    await writeSlices(weights, rows, dataset.writeWeights.bind(dataset), isCancelled);
  }
}

type SliceOf<Source extends { slice(start: number, end: number): unknown }> = ReturnType<
  Source['slice']
>;

interface Slices<Values> extends Pick<RowSource, 'rowsPerSlice' | 'path' | 'load'> {
  slice(start: number, end: number): Values;
}

async function writeSlices<Values>(
  source: Slices<Values>,
  rows: RowsToWrite,
  write: (row: number, values: Values) => void,
  isCancelled: () => boolean,
): Promise<void> {
  const { rowsPerSlice, path } = source;
  const shift = rows.at - rows.start;
  for (let start = rows.start; start < rows.end; start += rowsPerSlice) {
    if (start > rows.start) await setImmediate();
    if (isCancelled()) return;
    const end = Math.min(rows.end, start + rowsPerSlice);
    if (source.load !== undefined) await source.load(start, end);
    const values = source.slice(start, end);
    try {
      callNative(() => write(start + shift, values));
    } catch (error) {
      // The core says inputs[3][0] or targets[3], of the rows of the data set; the data may stand in an option.
      throw rebaseError(error, (place) =>
        place
          .replace(/^(\w+)\[(\d+)\]/, (_, name, row) => `${name}[${Number(row) - shift}]`)
          .replace(/^(?:inputs|targets|weights)(?=\[|$)/, path),
      );
    }
  }
}
