import { isDeepStrictEqual } from 'node:util';
import { inputsOfNumber } from '../data/columns/scalings.js';
import { type Matrix, type MatrixInput, matrix } from '../data/matrix.js';
import type { FeatureColumn, TableSchema, TargetColumn } from '../data/tableSchema.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import { rescaleInputs } from './foldScaling.js';

/**
 * Networks of a table that were trained with scales of their own, where these are not part of their weights: inputs are
 * converted to the scales of the network before it predicts, and its outputs back to those of the table.
 */

/** How a table is scaled for everybody, and how for one network. */
interface Scales {
  readonly table: TableSchema;
  readonly own: TableSchema;
}

/**
 * By network. A network knows nothing of tables, and is passed on by itself (it is trained, resumed, saved and exported):
 * its scales go wherever it goes, and are dropped with it.
 */
const carried = new WeakMap<object, Scales>();

/** @param own differs from the table in scales alone */
export function carryScales(network: Sequential, table: TableSchema, own: TableSchema): void {
  if (isSame(table, own)) carried.delete(network);
  else carried.set(network, { table, own });
}

function isSame(table: TableSchema, own: TableSchema): boolean {
  const { columns } = table;
  return table.target === own.target && columns.every((each, at) => each === own.columns[at]);
}

/** The table as a network has learned it; undefined where it has no scales of its own. */
export function ownSchemaOf(network: object): TableSchema | undefined {
  return carried.get(network)?.own;
}

/** As `network.predict`, of inputs in the scales of the table. */
export async function predictOwn(
  network: Sequential,
  inputs: MatrixInput,
  options: PredictOptions,
): Promise<Matrix> {
  const scales = carried.get(network);
  if (scales === undefined) return await network.predict(inputs, options);
  const { values, rows, columns } = inputs;
  const own = matrix(new Float32Array(values), rows, columns);
  rescaleInputs(scales.table, scales.own, own);
  return inTable(scales, await network.predict(own, options));
}

/** As `network.predictSync`, of inputs in the scales of the table. */
export function predictOwnSync(network: Sequential, inputs: Float32Array): Matrix {
  const scales = carried.get(network);
  if (scales === undefined) return network.predictSync(inputs);
  const columns = network.inputSize;
  const own = matrix(inputs.slice(), inputs.length / columns, columns);
  rescaleInputs(scales.table, scales.own, own);
  return inTable(scales, network.predictSync(own.values as Float32Array));
}

/** Outputs in the scale of the target of the table. */
export function inTable({ table, own }: Scales, outputs: Matrix): Matrix {
  const line = targetLine(table.target, own.target);
  if (line === undefined) return outputs;
  const { values, rows, columns } = outputs;
  return { values: values.map((value) => line.factor * value + line.shift), rows, columns };
}

/** From what a network learns to what the table has: factor · value + shift. */
export function targetLine(
  table: TargetColumn | null,
  own: TargetColumn | null,
): { readonly factor: number; readonly shift: number } | undefined {
  if (table === own || table?.type !== 'number' || own?.type !== 'number') return undefined;
  const { mean, deviation } = table;
  return { factor: own.deviation / deviation, shift: (own.mean - mean) / deviation };
}

/** What a file says of the scales of a network: the columns in which they differ from those of the table. */
export interface OwnScales {
  readonly columns: readonly FeatureColumn[];
  /** Null where it does not differ. */
  readonly target: TargetColumn | null;
}

/** Those of networks, one after the other; undefined where none has any. */
export function scalesOfNetworks(networks: readonly object[]): (OwnScales | null)[] | undefined {
  const scales = networks.map(ownScalesOf);
  return scales.some((each) => each !== null) ? scales : undefined;
}

function ownScalesOf(network: object): OwnScales | null {
  const scales = carried.get(network);
  if (scales === undefined) return null;
  const { table, own } = scales;
  return {
    columns: own.columns.filter((column, at) => column !== table.columns[at]),
    target: own.target === table.target ? null : own.target,
  };
}

/** The table with what differs; undefined where that does not belong to it. */
export function withOwnScales(
  table: TableSchema,
  { columns, target }: OwnScales,
): TableSchema | undefined {
  const others = new Map(columns.map((column) => [column.name, column]));
  if (others.size < columns.length) return undefined;
  const own = table.columns.map((column) => others.get(column.name) ?? column);
  const areAlike = own.every((column, at) => {
    const one = table.columns[at] as FeatureColumn;
    others.delete(one.name);
    return column === one || areAlikeButForScales(column, one);
  });
  const isTarget = target === null || areAlikeButForScales(target, table.target);
  if (!areAlike || !isTarget || others.size > 0) return undefined;
  return { ...table, columns: own, target: target ?? table.target };
}

type Described = FeatureColumn | TargetColumn | null;

/** Whether two columns differ at most in the numbers that they are scaled by, and take as many inputs. */
function areAlikeButForScales(one: Described, other: Described): boolean {
  const rest = withoutScale(one);
  return rest !== undefined && isDeepStrictEqual(rest, withoutScale(other));
}

/** Undefined for what is not scaled. */
function withoutScale(column: Described): object | undefined {
  if (column?.type === 'date') return { ...column, mean: 0, deviation: 1 };
  if (column?.type !== 'number') return undefined;
  const scaling = 'scaling' in column ? column.scaling : undefined;
  const way = { type: scaling?.type, inputs: inputsOfNumber(scaling) };
  return { ...column, mean: 0, deviation: 1, scaling: way };
}
