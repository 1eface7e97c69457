import { setImmediate } from 'node:timers/promises';
import { type RowSource, rowSource } from '../data/matrix.js';
import { inputsAsTargets, type TargetSource, targetSource } from '../data/targets.js';
import { type WeightSource, weightSource } from '../data/weights.js';
import { rebaseError } from '../errors.js';
import { callNative, type LossDescription, type NativeDataset } from '../native.js';

/** Data whose shape is checked and that waits for its copy into native memory. */
export interface PreparedData {
  readonly inputs: RowSource;
  readonly targets: TargetSource;
  readonly weights?: WeightSource;
  /** The names of the classes, where the data has them. */
  readonly classes?: readonly string[];
}

/** How a kind of model reads its data: `path` is empty for the data of the call itself. */
export type PrepareData = (data: unknown, rule: DataRule, path: string) => PreparedData;

/** What a network wants of its data. */
export interface DataRule {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly loss: LossDescription;
}

/** Checks the form of `{ inputs, targets, classes, weights }`. `path` goes before the names of the parts. */
export function prepareSupervised(
  data: Partial<Record<'inputs' | 'targets' | 'classes' | 'weights', unknown>>,
  { inputSize, outputSize, loss }: DataRule,
  path = '',
): PreparedData {
  const inputs = rowSource(data.inputs, inputSize, `${path}inputs`);
  const classes = data.classes as readonly string[] | undefined;
  const rule = { loss, rows: inputs.rows, outputSize, classes, path: `${path}targets` };
  return {
    inputs,
    targets: targetSource(data.targets, rule),
    ...(data.weights !== undefined && {
      weights: weightSource(data.weights, inputs.rows, `${path}weights`),
    }),
    ...(classes !== undefined && { classes }),
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
    targets: inputsAsTargets,
    ...(weighting?.weights !== undefined && {
      weights: weightSource(weighting.weights, inputs.rows, weighting.path),
    }),
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
  const { rows, columns, inputType, scale, offset } = inputs;
  const { target, targetColumns } = targets;
  const shape = { rows, columns, inputType, scale, offset, target, weights: weights !== undefined };
  const withTargets = targetColumns === undefined ? shape : { ...shape, targetColumns };
  const dataset = callNative(({ Dataset }) => new Dataset(withTargets));

  const writeInputs = (start: number, end: number) =>
    dataset.writeInputs(start, inputs.slice(start, end));
  const writeTargets = (start: number, end: number) =>
    dataset.writeTargets(start, targets.slice(start, end));

  await writeSlices(inputs, rows, writeInputs, isCancelled);
  if (targets !== inputsAsTargets) await writeSlices(targets, rows, writeTargets, isCancelled);
  if (weights !== undefined) {
    const write = (start: number, end: number) =>
      dataset.writeWeights(start, weights.slice(start, end));
    await writeSlices(weights, rows, write, isCancelled);
  }
  return dataset;
}

async function writeSlices(
  { rowsPerSlice, path }: { readonly rowsPerSlice: number; readonly path: string },
  rows: number,
  write: (start: number, end: number) => void,
  isCancelled: () => boolean,
): Promise<void> {
  for (let start = 0; start < rows; start += rowsPerSlice) {
    if (start > 0) await setImmediate();
    if (isCancelled()) return;
    try {
      callNative(() => write(start, Math.min(rows, start + rowsPerSlice)));
    } catch (error) {
      // The core says inputs[3][0] or targets[3]; the data may stand in an option.
      throw rebaseError(error, (place) =>
        place.replace(/^(?:inputs|targets|weights)(?=\[|$)/, path),
      );
    }
  }
}
