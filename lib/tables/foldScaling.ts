import { isFloat32Array } from '../builtins.js';
import type { NumberColumn } from '../data/columns/number.js';
import { binEdges, decodePiecewise, encodePiecewise } from '../data/columns/piecewiseLinear.js';
import { fitScaling, inputsOfNumber, scalerOf, unscaled } from '../data/columns/scalings.js';
import { fewestRowsOfCategory } from '../data/columns/text.js';
import type { MatrixInput } from '../data/matrix.js';
import { RunningMoments } from '../data/runningMoments.js';
import { columnWidth, type TableSchema } from '../data/tableSchema.js';
import { ValueSample } from '../data/valueSample.js';

/**
 * Scales of a fold: rows that were scaled by all rows of a table are scaled again, by those of the fold that train, so
 * that the rows that judge leave no trace. The same holds for which categories are known.
 */

/** Rows of a fold, which may be written to. */
export interface FoldRows {
  readonly inputs: MatrixInput;
  readonly targets: Int32Array | Float32Array | null;
}

/** Numbers that stand in a column of a matrix, or alone. */
interface Strided {
  readonly values: MatrixInput['values'] | Float32Array;
  readonly first: number;
  readonly step: number;
}

/** Those of the rows that train, and of those that judge. */
type Fold = readonly [Strided, Strided];
type Scale = (value: number) => number;
type Presence = (numbers: Strided, at: number) => boolean;

/** Scales numbers again, and takes what no row, or hardly one, in training has from the categories. */
export function refitFold(schema: TableSchema, training: FoldRows, validation: FoldRows): void {
  const inputsFrom = (first: number): Fold =>
    [training.inputs, validation.inputs].map(({ values, columns }) => {
      return { values, first, step: columns };
    }) as [Strided, Strided];
  let offset = 0;
  for (const column of schema.columns) {
    const width = columnWidth(column);
    if (column.type === 'number') rescaleColumn(column, inputsFrom(offset));
    else if (column.type === 'date') rescale(inputsFrom(offset), presenceOf(column, width - 1));
    else if (column.type === 'embedded') forgetRare(inputsFrom(offset));
    else for (let input = 0; input < width; input++) forget(inputsFrom(offset + input));
    offset += width;
  }
  if (!isFloat32Array(training.targets) || !isFloat32Array(validation.targets)) return;
  const targetsOf = (values: Float32Array): Strided => ({ values, first: 0, step: 1 });
  rescale([targetsOf(training.targets), targetsOf(validation.targets)], everywhere);
}

/** @param indicator how far behind the first input of the column that stands which tells missing from present */
function presenceOf(
  { missingIndicator }: Pick<NumberColumn, 'missingIndicator'>,
  indicator: number,
): Presence {
  return missingIndicator ? ({ values }, at) => values[at + indicator] === 0 : everywhere;
}

function rescaleColumn(column: NumberColumn, fold: Fold): void {
  const { missingIndicator, scaling } = column;
  const indicator = inputsOfNumber(scaling);
  const isPresent = presenceOf({ missingIndicator }, indicator);
  if (scaling === undefined) rescale(fold, isPresent);
  else if (scaling.type === 'none') fillMissing(fold, isPresent);
  else if (scaling.type === 'piecewise') rebin(scaling.edges, fold, isPresent);
  else rescaleByOrder(column, scaling.type, fold, isPresent);
}

/** Brings the numbers in training to mean 0 and spread 1, and the others with them. */
function rescale(fold: Fold, isPresent: Presence): void {
  const { mean, deviation } = momentsOf(fold, isPresent);
  const spread = deviation || 1;
  change(fold, isPresent, (value) => (value - mean) / spread);
}

/** Scales that are no straight lines: back to the numbers of the table, and from there to the scale of the fold. */
function rescaleByOrder(
  column: NumberColumn,
  name: 'robust' | 'quantile',
  fold: Fold,
  isPresent: Presence,
): void {
  const numbers = new ValueSample();
  each(fold[0], isPresent, (input) => numbers.add(unscaled(column, input)));
  const scaling = fitScaling(name, numbers.sorted());
  const scale = scalerOf({ mean: 0, deviation: 1, ...(scaling && { scaling }) });
  change(fold, isPresent, (input) => scale(unscaled(column, input)));
}

/** New bins, as many as there are inputs for them, or fewer; missing values stand at the mean. */
function rebin(edges: readonly number[], fold: Fold, isPresent: Presence): void {
  const bins = edges.length - 1;
  const numberAt = ({ values }: Strided, at: number): number =>
    decodePiecewise(edges, values.subarray(at, at + bins));
  const [numbers, moments] = [new ValueSample(), new RunningMoments()];
  each(fold[0], isPresent, (_, at) => {
    const value = numberAt(fold[0], at);
    numbers.add(value);
    moments.add(value);
  });
  const fitted = binEdges(numbers.sorted(), bins);
  const inputs = new Float32Array(bins);
  for (const part of fold) {
    each(part, everywhere, (_, at) => {
      const value = isPresent(part, at) ? numberAt(part, at) : moments.mean;
      encodePiecewise(fitted, value, inputs, 0);
      part.values.set(inputs, at);
    });
  }
}

/** What stands for a missing value among numbers that are as they are: their mean. */
function fillMissing(fold: Fold, isPresent: Presence): void {
  const { mean } = momentsOf(fold, isPresent);
  change(
    fold,
    (numbers, at) => !isPresent(numbers, at),
    () => mean,
  );
}

/** An input that is 0 in all rows in training learns nothing: its weights are those of chance. */
function forget(fold: Fold): void {
  let isLearned = false;
  each(fold[0], everywhere, (value) => {
    if (value !== 0) isLearned = true;
  });
  if (!isLearned) change(fold, everywhere, () => 0);
}

/** A category of few rows in training is the unknown one, as `fit` of such a column has it. */
function forgetRare(fold: Fold): void {
  const rows = new Map<number, number>();
  each(fold[0], everywhere, (index) => rows.set(index, (rows.get(index) ?? 0) + 1));
  change(fold, everywhere, (index) => ((rows.get(index) ?? 0) < fewestRowsOfCategory ? 0 : index));
}

function momentsOf([training]: Fold, isPresent: Presence): RunningMoments {
  const moments = new RunningMoments();
  each(training, isPresent, (value) => moments.add(value));
  return moments;
}

function change(fold: Fold, isChanged: Presence, scale: Scale): void {
  for (const part of fold) {
    each(part, isChanged, (value, at) => {
      part.values[at] = scale(value);
    });
  }
}

function each(
  numbers: Strided,
  isMeant: Presence,
  visit: (value: number, at: number) => void,
): void {
  const { values, first, step } = numbers;
  for (let at = first; at < values.length; at += step) {
    if (isMeant(numbers, at)) visit(values[at] as number, at);
  }
}

function everywhere(): boolean {
  return true;
}
