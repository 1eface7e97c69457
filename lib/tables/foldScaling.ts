import { isFloat32Array } from '../builtins.js';
import type { DateColumn } from '../data/columns/date.js';
import type { NumberColumn } from '../data/columns/number.js';
import { binEdges, decodePiecewise, encodePiecewise } from '../data/columns/piecewiseLinear.js';
import {
  fitScaling,
  inputsOfNumber,
  type OtherScaling,
  scalerOf,
  unscaled,
} from '../data/columns/scalings.js';
import { fewestRowsOfCategory } from '../data/columns/text.js';
import type { MatrixInput } from '../data/matrix.js';
import type { Scaling } from '../data/numberScaling.js';
import { RunningMoments } from '../data/runningMoments.js';
import {
  columnWidth,
  type FeatureColumn,
  type TableSchema,
  type TargetColumn,
} from '../data/tableSchema.js';
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

/** What the rows of a fold that train say of a table. */
export interface FoldScales {
  /** The table with scales of these rows; its columns are as wide as before. */
  readonly schema: TableSchema;
  /** Inputs of categories that none of these rows has. */
  readonly empty: readonly number[];
  /** Of an input that holds the index of a category: for each, whether it is to be taken for the unknown one, 0. */
  readonly rare: readonly RareLevels[];
}

export interface RareLevels {
  readonly input: number;
  readonly isRare: readonly boolean[];
}

/** Numbers that stand in a column of a matrix, or alone. */
interface Strided {
  readonly values: MatrixInput['values'] | Float32Array;
  readonly first: number;
  readonly step: number;
}

type Presence = (numbers: Strided, at: number) => boolean;

/** @param training rows of the schema that train; they stay as they are */
export function scalesOfFold(schema: TableSchema, training: FoldRows): FoldScales {
  const columns: FeatureColumn[] = [];
  const empty: number[] = [];
  const rare: RareLevels[] = [];
  for (const { column, numbersFrom, first } of placesOf(schema, training.inputs)) {
    columns.push(fittedColumn(column, numbersFrom(0)));
    if (column.type === 'embedded') {
      const isRare = rareLevels(numbersFrom(0), column.categories.length + 1);
      rare.push({ input: first, isRare });
    } else if (column.type !== 'number' && column.type !== 'date') {
      for (let input = 0; input < columnWidth(column); input++) {
        if (areZeros(numbersFrom(input))) empty.push(first + input);
      }
    }
  }
  const target = fittedTarget(schema.target, training.targets);
  return { schema: { ...schema, columns, target }, empty, rare };
}

/** Scales the rows of a fold by those that train, and takes what these have not, or hardly, from the categories. */
export function refitFold(schema: TableSchema, training: FoldRows, validation: FoldRows): void {
  const scales = scalesOfFold(schema, training);
  for (const { inputs, targets } of [training, validation]) {
    rescaleInputs(schema, scales.schema, inputs);
    forgetLevels(scales.rare, inputs);
    forgetInputs(scales.empty, inputs);
    rescaleTargets(schema, scales.schema, targets);
  }
}

/**
 * Writes rows that are scaled by one schema as another one has them, which differs in its scales alone.
 *
 * @param inputs are changed
 */
export function rescaleInputs(from: TableSchema, to: TableSchema, inputs: MatrixInput): void {
  for (const { column, numbersFrom, index } of placesOf(from, inputs)) {
    const other = to.columns[index];
    if (other === column || other?.type !== column.type) continue;
    if (column.type === 'date') rescale(column, other as DateColumn, numbersFrom(0));
    if (column.type === 'number') rescaleNumbers(column, other as NumberColumn, numbersFrom(0));
  }
}

/** The same for what is learned of the rows. */
export function rescaleTargets(
  from: TableSchema,
  to: TableSchema,
  targets: Int32Array | Float32Array | null,
): void {
  if (!isFloat32Array(targets) || from.target?.type !== 'number' || to.target?.type !== 'number') {
    return;
  }
  const scale = scalerOf(to.target);
  for (const [row, target] of targets.entries())
    targets[row] = scale(unscaled(from.target, target));
}

/** Categories that are to be taken for the unknown one. */
export function forgetLevels(rare: readonly RareLevels[], inputs: MatrixInput): void {
  for (const { input, isRare } of rare) {
    change(strided(inputs, input), everywhere, (index) => (isRare[index] ? 0 : index));
  }
}

/** An input that is 0 in all rows in training learns nothing: its weights would be those of chance. */
export function forgetInputs(empty: readonly number[], inputs: MatrixInput): void {
  for (const input of empty) change(strided(inputs, input), everywhere, () => 0);
}

interface Place {
  readonly index: number;
  readonly column: FeatureColumn;
  /** Its first input. */
  readonly first: number;
  /** The inputs that stand so many behind it. */
  readonly numbersFrom: (behind: number) => Strided;
}

function placesOf({ columns }: TableSchema, inputs: MatrixInput): Place[] {
  let next = 0;
  return columns.map((column, index) => {
    const first = next;
    next += columnWidth(column);
    return { index, column, first, numbersFrom: (behind) => strided(inputs, first + behind) };
  });
}

function strided({ values, columns }: MatrixInput, first: number): Strided {
  return { values, first, step: columns };
}

/** @param indicator how far behind the first input of the column that stands which tells missing from present */
function presenceOf(
  { missingIndicator }: Pick<NumberColumn, 'missingIndicator'>,
  indicator: number,
): Presence {
  return missingIndicator ? ({ values }, at) => values[at + indicator] === 0 : everywhere;
}

function presenceOfNumber(column: NumberColumn): Presence {
  return presenceOf(column, inputsOfNumber(column.scaling));
}

function presenceOfDate(column: DateColumn): Presence {
  return presenceOf(column, columnWidth({ ...column, type: 'date' }) - 1);
}

function fittedColumn(column: FeatureColumn, numbers: Strided): FeatureColumn {
  if (column.type === 'date') {
    return { ...column, ...fittedScaling(column, momentsOf(numbers, presenceOfDate(column))) };
  }
  return column.type === 'number' ? fittedNumbers(column, numbers) : column;
}

function fittedNumbers(column: FeatureColumn<'number'>, numbers: Strided): FeatureColumn {
  const { scaling } = column;
  const isPresent = presenceOfNumber(column);
  if (scaling === undefined)
    return { ...column, ...fittedScaling(column, momentsOf(numbers, isPresent)) };
  const moments = new RunningMoments();
  const sample = new ValueSample();
  each(numbers, isPresent, (_, at) => {
    const value = numberAt(column, numbers, at);
    moments.add(value);
    sample.add(value);
  });
  if (moments.count === 0) return column;
  const { mean } = moments;
  if (scaling.type === 'none') return { ...column, mean };
  const ascending = sample.sorted();
  if (scaling.type !== 'piecewise') {
    return { ...column, scaling: fitScaling(scaling.type, ascending) as OtherScaling };
  }
  const bins = scaling.edges.length - 1;
  return {
    ...column,
    mean,
    scaling: { type: 'piecewise', edges: asMany(binEdges(ascending, bins), bins) },
  };
}

/** Scales of numbers that were standardised. */
function fittedScaling({ mean, deviation }: Scaling, moments: RunningMoments): Scaling {
  const spread = deviation * (moments.deviation || 1);
  return {
    mean: mean + deviation * moments.mean,
    // The product of small ones may be none.
    deviation: spread > 0 ? spread : deviation,
  };
}

function fittedTarget(
  target: TargetColumn | null,
  targets: FoldRows['targets'],
): TargetColumn | null {
  if (target?.type !== 'number' || !isFloat32Array(targets)) return target;
  const numbers = { values: targets, first: 0, step: 1 };
  return { ...target, ...fittedScaling(target, momentsOf(numbers, everywhere)) };
}

/** Where rows have fewer values than there are inputs for bins, the widest bin is halved until there are as many. */
function asMany(edges: readonly number[], bins: number): readonly number[] {
  const all = [...edges];
  while (all.length <= bins) {
    let widest = 1;
    for (let at = 1; at < all.length; at++) {
      if (widthAt(all, at) > widthAt(all, widest)) widest = at;
    }
    all.splice(widest, 0, (all[widest - 1] as number) + widthAt(all, widest) / 2);
  }
  return all;
}

/** Of the bin that ends at an edge. */
function widthAt(edges: readonly number[], at: number): number {
  return (edges[at] as number) - (edges[at - 1] as number);
}

function rescaleNumbers(from: NumberColumn, to: NumberColumn, numbers: Strided): void {
  const isPresent = presenceOfNumber(from);
  const { scaling } = to;
  if (scaling?.type === 'none') {
    // What stands for a missing value among numbers that are as they are: their mean.
    change(
      numbers,
      (all, at) => !isPresent(all, at),
      () => to.mean,
    );
  } else if (scaling?.type === 'piecewise') {
    const inputs = new Float32Array(scaling.edges.length - 1);
    each(numbers, everywhere, (_, at) => {
      const value = isPresent(numbers, at) ? numberAt(from, numbers, at) : to.mean;
      encodePiecewise(scaling.edges, value, inputs, 0);
      numbers.values.set(inputs, at);
    });
  } else {
    change(numbers, isPresent, scaleBetween(from, to));
  }
}

function rescale(from: DateColumn, to: DateColumn, numbers: Strided): void {
  change(numbers, presenceOfDate(from), scaleBetween(from, to));
}

type Scaled = Parameters<typeof scalerOf>[0];

/** Back to the numbers of the table, and from there to the other scale. */
function scaleBetween(from: Scaled, to: Scaled): (input: number) => number {
  const scale = scalerOf(to);
  return (input) => scale(unscaled(from, input));
}

/** The number of the table that inputs from a place on stand for. */
function numberAt(column: NumberColumn, { values }: Strided, at: number): number {
  const { scaling } = column;
  if (scaling?.type !== 'piecewise') return unscaled(column, values[at] as number);
  return decodePiecewise(scaling.edges, values.subarray(at, at + scaling.edges.length - 1));
}

function areZeros(numbers: Strided): boolean {
  let areAll = true;
  each(numbers, everywhere, (value) => {
    if (value !== 0) areAll = false;
  });
  return areAll;
}

/** A category of few rows in training is the unknown one, as `fit` of such a column has it. */
function rareLevels(indices: Strided, levels: number): boolean[] {
  const rows = new Array<number>(levels).fill(0);
  each(indices, everywhere, (index) => {
    rows[index] = (rows[index] ?? 0) + 1;
  });
  return rows.map((count) => count < fewestRowsOfCategory);
}

function momentsOf(training: Strided, isPresent: Presence): RunningMoments {
  const moments = new RunningMoments();
  each(training, isPresent, (value) => moments.add(value));
  return moments;
}

function change(numbers: Strided, isChanged: Presence, scale: (value: number) => number): void {
  each(numbers, isChanged, (value, at) => {
    numbers.values[at] = scale(value);
  });
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
