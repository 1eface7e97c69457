import { type CellRules, targetRules } from '../data/cellRules.js';
import type { CellBatch } from '../data/cells.js';
import { ColumnPlaces } from '../data/columnNames.js';
import { missingTargets, newClass } from '../data/knownTable.js';
import { noRows, type TableReader } from '../data/table.js';
import type { UnknownPolicy } from '../data/tableEncoder.js';
import { requireColumns } from '../data/tableInference.js';
import type { TableSchema, TargetColumn } from '../data/tableSchema.js';
import { placedBy } from '../data/tableSource.js';
import { cellText } from '../data/tableValues.js';
import { ArgumentError, DataError } from '../errors.js';
import type { PredictOptions } from '../model/fitOptions.js';
import { AnomalyTally, ClassTally, NumberTally, type TableEvaluation } from './evaluation.js';
import type { Members } from './members.js';
import { TableScorer } from './tableScorer.js';

/** A model of a table measured by another one, batch by batch. */

export interface EvaluationSettings extends PredictOptions {
  readonly unknown: UnknownPolicy;
  /** The column that says which rows are wrong; for an autoencoder. */
  readonly labelsColumn?: string | undefined;
}

/** What was measured, and what was noticed of the table meanwhile. */
export type TableMeasurement = TableEvaluation & MeasuringNotes;

interface MeasuringNotes {
  /** Rows that were left out because their target is missing. */
  readonly droppedRows: number;
  /** Texts that training did not see, and that were taken for none of those that it saw. */
  readonly unknownTexts: number;
  /** What else was done about lines that are no ordinary rows, a sentence each: rows of delimiters that were left out, say. */
  readonly notices: readonly string[];
}

/**
 * @param reader of the table; it is read to its end.
 * @throws DataError for a column that the table lacks, a class that the model does not have, and a table without a row
 * to measure by; ArgumentError for a column of labels that there is not, or that a model with a target has no use for
 */
export async function evaluateTable(
  schema: TableSchema,
  members: Members,
  reader: TableReader,
  { unknown, labelsColumn, ...computing }: EvaluationSettings,
): Promise<TableMeasurement> {
  const { columns, path } = reader;
  try {
    requireColumns(labelsColumn === undefined ? [] : [labelsColumn], columns, 'labelsColumn');
    const scorer = new TableScorer(schema, members, { columns, path, unknown });
    const measure = measureFor(schema, reader, labelsColumn);
    let droppedRows = 0;
    for await (const batch of reader.batches()) {
      const judged = measure.withTruth(batch);
      droppedRows += batch.records.length - judged.records.length;
      if (judged.records.length === 0) continue;
      const predictions = await scorer.score(judged, computing);
      measure.add(predictions, judged);
    }
    const evaluation = measure.result();
    if (evaluation.rows === 0) throw noRows(path, droppedRows, schema.target?.name ?? null);
    const notices = reader.report.notices();
    return { ...evaluation, droppedRows, unknownTexts: scorer.counts.unknown, notices };
  } catch (error) {
    throw placedBy(reader, error);
  } finally {
    await reader.close();
  }
}

type Predictions = Parameters<ClassTally['add']>[0];

/** What is asked of the rows. */
interface Measure {
  /** The rows of which the truth is known. */
  withTruth(batch: CellBatch): CellBatch;
  add(predictions: Predictions, batch: CellBatch): void;
  result(): TableEvaluation;
}

function measureFor(
  schema: TableSchema,
  reader: TableReader,
  labelsColumn: string | undefined,
): Measure {
  const { target } = schema;
  if (target === null) return anomalyMeasure(schema, reader, labelsColumn);
  if (labelsColumn !== undefined) throw labelsOfTarget(target.name);
  const field = placeOf(target.name, reader);
  const rules = targetRules({ missing: missingTargets(schema), decimal: schema.decimal });
  const truthOf = (batch: CellBatch, record: number): string =>
    cellText(batch.records[record]?.[field]);
  const withTruth = (batch: CellBatch): CellBatch =>
    chosen(batch, (record) => !rules.isMissing(truthOf(batch, record)));
  return target.type === 'number'
    ? numberMeasure(target.name, reader.path, withTruth, truthOf, rules.numberOf)
    : classMeasure(target, reader.path, withTruth, truthOf);
}

function labelsOfTarget(target: string): ArgumentError {
  return new ArgumentError({
    path: 'labelsColumn',
    expected: `none, as the truth stands in '${target}', the target of the model`,
    received: 'one',
    remedy: 'Leave it out: it says which rows are anomalies, for an autoencoder.',
  });
}

type TruthOf = (batch: CellBatch, record: number) => string;

function classMeasure(
  { name, classes }: Extract<TargetColumn, { type: 'classes' }>,
  path: string,
  withTruth: Measure['withTruth'],
  truthOf: TruthOf,
): Measure {
  const tally = new ClassTally(classes);
  const numbers = new Map(classes.map((each, number) => [each, number]));
  return {
    withTruth,
    add: (predictions, batch) => {
      const truths = Array.from(batch.records, (_, record) => {
        const value = truthOf(batch, record);
        const number = numbers.get(value);
        if (number !== undefined) return number;
        throw newClass(name, classes, value, `${path}:${batch.lineOf(record)}`);
      });
      tally.add(predictions, truths);
    },
    result: () => tally.result(),
  };
}

function numberMeasure(
  name: string,
  path: string,
  withTruth: Measure['withTruth'],
  truthOf: TruthOf,
  numberOf: (text: string) => number,
): Measure {
  const tally = new NumberTally(name);
  return {
    withTruth,
    add: (predictions, batch) => {
      const truths = Array.from(batch.records, (_, record) => {
        const value = truthOf(batch, record);
        const number = numberOf(value);
        if (Number.isFinite(number)) return number;
        throw new DataError({
          path: `${path}:${batch.lineOf(record)}`,
          expected: `a finite number in the target '${name}'`,
          received: `'${value}'`,
        });
      });
      tally.add(predictions, truths);
    },
    result: () => tally.result(),
  };
}

function anomalyMeasure(
  schema: TableSchema,
  reader: TableReader,
  labelsColumn: string | undefined,
): Measure {
  const tally = new AnomalyTally();
  const field = labelsColumn === undefined ? -1 : placeOf(labelsColumn, reader);
  const rules = targetRules(schema);
  const isWrong = (fields: CellBatch['records'][number]): boolean =>
    isWrongWord(cellText(fields[field]), rules);
  return {
    withTruth: (batch) => batch,
    add: (predictions, { records }) => {
      tally.add(predictions, field < 0 ? undefined : records.map(isWrong));
    },
    result: () => tally.result(),
  };
}

/** Whether a row is wrong, by what stands in the column that says so. */
export function isWrongWord(word: string, { isMissing }: Pick<CellRules, 'isMissing'>): boolean {
  return !isMissing(word) && !wordsForRight.has(word.toLowerCase());
}

/** What is written for a row that is as it should be; what is missing is, too. */
const wordsForRight: ReadonlySet<string> = new Set([
  '0',
  '0.0',
  'false',
  'no',
  'none',
  'ok',
  'normal',
]);

function placeOf(name: string, { columns, path }: TableReader): number {
  const place = new ColumnPlaces(columns).of(name);
  if (place !== undefined) return place;
  throw new DataError({
    path,
    expected: `the column '${name}', by which the model is measured`,
    received: 'a table without it',
    remedy: `The table has: ${columns.slice(0, 30).join(', ')}${columns.length > 30 ? ', …' : ''}.`,
  });
}

/** Some records of a batch. */
function chosen(batch: CellBatch, isChosen: (record: number) => boolean): CellBatch {
  const kept = Array.from(batch.records.keys()).filter(isChosen);
  if (kept.length === batch.records.length) return batch;
  return {
    records: kept.map((record) => batch.records[record] ?? []),
    lineOf: (record) => batch.lineOf(kept[record] ?? 0),
  };
}
