import { type Matrix, type MatrixInput, matrix } from '../data/matrix.js';
import {
  columnWidth,
  type FeatureColumn,
  type TableSchema,
  type TargetColumn,
} from '../data/tableSchema.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Sequential } from '../model/sequential.js';
import { rescaleInputs } from './foldScaling.js';

/**
 * Networks of one table that have learned by scales of their own, where these are no part of their weights: what they
 * are asked is put in their scales, and what they answer is in those of the table.
 */

/** Of the table, and of a network. */
interface Scales {
  readonly table: TableSchema;
  readonly own: TableSchema;
}

/** Kept beside the networks, which know nothing of tables. */
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
  const own = matrix(Float32Array.from(values), rows, columns);
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
  const own = table.columns.map((column) => others.get(column.name) ?? column);
  const areAlike = own.every((column, at) => {
    const { type, name } = table.columns[at] as FeatureColumn;
    others.delete(name);
    return (
      column.type === type &&
      columnWidth(column) === columnWidth(table.columns[at] as FeatureColumn)
    );
  });
  const isTarget = target === null || (target.type === 'number' && table.target?.type === 'number');
  if (!areAlike || !isTarget || others.size > 0) return undefined;
  return { ...table, columns: own, target: target ?? table.target };
}
