import type { DetectorOptions } from '../autoencoders/detectorOptions.js';
import { requireChoice, withDefault } from '../checks.js';
import { targetRules } from '../data/cellRules.js';
import type { CellBatch } from '../data/cells.js';
import { missingTargets } from '../data/knownTable.js';
import { matrix } from '../data/matrix.js';
import { TargetEncoder } from '../data/tableEncoder.js';
import { decodeColumn, type NumberTarget, type TableSchema } from '../data/tableSchema.js';
import { StateError } from '../errors.js';
import { allocateNumbers } from '../memory.js';
import type { DetectorRecord } from '../model/detectorRecord.js';
import type { ResolvedPrediction } from '../model/fitOptions.js';
import { changedSince, findResiduals, ResidualDetector } from '../model/residualDetector.js';
import { type JudgedRows, residualScores } from '../model/residuals.js';
import type { Sequential } from '../model/sequential.js';
import { meanPrediction } from './meanOutputs.js';
import type { Member } from './members.js';
import type { TableRow } from './memoryRows.js';
import { RowEncoder } from './rowEncoder.js';
import type { EncodedRows } from './tableData.js';
import type { ScoringPlace } from './tableScorer.js';

/** The detector of a model of a table that predicts numbers: what stands in the target, beside what is expected there. */

/** Networks that predict a number together. */
export interface Regressors {
  readonly schema: TableSchema;
  readonly target: NumberTarget;
  readonly networks: readonly Sequential[];
}

/** @throws StateError for a model that predicts classes */
export function regressorsOf(schema: TableSchema, members: readonly Member[]): Regressors {
  const { target } = schema;
  const networks = members.filter((network) => network.kind === 'sequential');
  if (target?.type === 'number') return { schema, target, networks };
  throw new StateError({
    path: 'detector',
    expected: 'a model that predicts numbers, or an autoencoder, which learns the rows themselves',
    received: 'a model that predicts classes',
    remedy: 'Train an autoencoder: tableModel({ autoencoder: true }).',
  });
}

/** How often the weights of networks were changed. */
export function changesOf(networks: readonly Member[]): number {
  return networks.reduce((sum, { engine }) => sum + engine.changes, 0);
}

/** Rows that are encoded, with what the networks say of them. */
export async function judgedTable(
  { networks }: Pick<Regressors, 'networks'>,
  { inputs, targets }: EncodedRows,
  options: ResolvedPrediction,
): Promise<JudgedRows> {
  const { values: predicted } = await meanPrediction(networks, inputs, options);
  return { rows: inputs.rows, columns: 1, actual: Float64Array.from(targets ?? []), predicted };
}

/**
 * What a detector judges by.
 *
 * @param rows that are ordinary, or nearly all of them
 * @throws ArgumentError for errors that are not divided by what is usual, as those of a regressor are
 */
export async function residualsOf(
  regressors: Pick<Regressors, 'networks'>,
  rows: EncodedRows,
  { errors, ...rule }: DetectorOptions,
): Promise<DetectorRecord> {
  requireChoice(withDefault(errors, 'relative'), ['relative'], 'errors');
  return await findResiduals(rows, (all, how) => judgedTable(regressors, all, how), rule);
}

/** A detector that takes rows as they stand in the table, with the target in them. */
export function residualDetector(
  regressors: Regressors,
  record: DetectorRecord,
): ResidualDetector<readonly TableRow[]> {
  const { schema, target, networks } = regressors;
  const { name, mean, deviation } = target;
  const encoder = new RowEncoder(schema, 'error', target);
  const changes = changesOf(networks);
  const column = { name, type: 'number', mean, deviation, missingIndicator: false } as const;
  const inUnit = (value: number) => Number(decodeColumn(column, Float32Array.of(value)));
  const judge = async (rows: readonly TableRow[], options: ResolvedPrediction) => {
    if (changesOf(networks) !== changes) throw changedSince();
    const { width } = encoder;
    const count = `${rows.length} rows`;
    const values = allocateNumbers(Float32Array, rows.length * width, 'rows', count);
    const actual = Float64Array.from(rows, (row, at) =>
      encoder.encode(row, values, at * width, `rows[${at}]`),
    );
    const inputs = matrix(values, rows.length, width);
    const { values: predicted } = await meanPrediction(networks, inputs, options);
    return { rows: rows.length, columns: 1, actual, predicted };
  };
  return new ResidualDetector(record, judge, (_, actual, predicted) => ({
    name,
    value: inUnit(actual),
    expected: inUnit(predicted),
  }));
}

/**
 * The scores of rows of a table that is read batch by batch; NaN for a row without a target.
 *
 * @param place of the table, whose columns have the target among them
 */
export function batchScores(
  schema: TableSchema,
  { name, mean, deviation }: NumberTarget,
  { usualErrors = [] }: DetectorRecord,
  { columns, path }: Pick<ScoringPlace, 'columns' | 'path'>,
): (batch: CellBatch, predictions: ArrayLike<number>) => Float32Array {
  const rules = targetRules({ missing: missingTargets(schema), decimal: schema.decimal });
  const target = { name, type: 'number', mean, deviation } as const;
  const encoder = new TargetEncoder(target, columns, path, rules);
  return (batch, predictions) => {
    const actual = Float64Array.from(batch.records, (fields, record) =>
      encoder.has(fields) ? encoder.encodeRow(batch, record) : Number.NaN,
    );
    const predicted = Float32Array.from(predictions, (value) => (value - mean) / deviation);
    const judged = { rows: actual.length, columns: 1, actual, predicted };
    const { scores } = residualScores(judged, usualErrors);
    return scores.map((score, row) => (Number.isNaN(actual[row]) ? Number.NaN : score));
  };
}
