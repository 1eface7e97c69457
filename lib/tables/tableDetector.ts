import type { Detector } from '../autoencoders/detector.js';
import type { DetectorOptions } from '../autoencoders/detectorOptions.js';
import { isArray } from '../builtins.js';
import { describeValue } from '../checks.js';
import { type MatrixInput, matrix } from '../data/matrix.js';
import { noRows, type TableReader } from '../data/table.js';
import { decodeColumn, type TableSchema } from '../data/tableSchema.js';
import { DataError } from '../errors.js';
import { allocateNumbers } from '../memory.js';
import type { Detection } from '../model/detection.js';
import type { DetectOptions } from '../model/detectOptions.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { ThresholdRuleSpec } from '../model/thresholdRule.js';
import type { TableRow } from './memoryRows.js';
import type { TableScorer } from './tableScorer.js';

/** Options of `TableModel.detector`: how the threshold is found, beside those of a forward pass. */
export type TableDetectorOptions = DetectorOptions;

/** A detector that takes rows as a table has them. */
export interface RowDetector {
  readonly threshold: number;
  readonly rule: ThresholdRuleSpec | null;
  readonly rows: number;
  score(rows: readonly TableRow[], options: PredictOptions): Promise<Float32Array<ArrayBuffer>>;
  detect(rows: readonly TableRow[], options: DetectOptions): Promise<Detection[]>;
}

/**
 * That of an autoencoder.
 *
 * @param encode rows as inputs of the network: a flat array, row after row
 */
export function rowDetector(
  detector: Detector,
  { columns }: TableSchema,
  encode: (rows: readonly TableRow[]) => Float32Array,
): RowDetector {
  const { threshold, rule, rows: found } = detector;
  return {
    ...{ threshold, rule, rows: found },
    score: async (rows, options) => detector.score(encode(rows), options),
    detect: async (rows, options) =>
      detector.detectAs(encode(rows), options, (index, inputs) => {
        const column = columns[index];
        return column === undefined ? null : decodeColumn(column, inputs);
      }),
  };
}

/** A detector of a model of a table: rows go in as they stand in the table, and values come out in its terms. */
export class TableDetector {
  readonly #detector: RowDetector;

  /** @internal Made by `TableModel.detector`. */
  constructor(detector: RowDetector) {
    this.#detector = detector;
  }

  /** A row whose score is greater is an anomaly. */
  get threshold(): number {
    return this.#detector.threshold;
  }

  /** How the threshold was found; null when it was set by hand. */
  get rule(): ThresholdRuleSpec | null {
    return this.#detector.rule;
  }

  /** Rows that it was found on; 0 when it was set by hand. */
  get rows(): number {
    return this.#detector.rows;
  }

  /**
   * How unusual each row is: about 1 for a row as most are. See `Detector.score`.
   *
   * @param rows As of `TableModel.predict`; of a model that predicts a number with that number, in arrays as the last. A row
   * without it has the score 0, as nothing can be said of it.
   * @returns [rows].
   * @throws as `TableModel.predict`; StateError once the weights of the model have changed
   */
  async score(rows: readonly TableRow[], options: PredictOptions = {}) {
    return this.#detector.score(requireRows(rows), options);
  }

  /**
   * What is to be said of each row: its score, whether it is an anomaly, and if so the columns that are to blame, with
   * what they hold and what would fit the rest of the row, in the units and texts of the table. Plain data.
   *
   * ```ts
   * const [{ anomaly, columns }] = await detector.detect([{ speed: 1149, flow: 3.2, state: 'on' }]);
   * columns[0]; // { name: 'flow', share: 0.98, value: 3.2, expected: 30.1 }
   * ```
   *
   * @param rows As of `TableModel.predict`; of a model that predicts a number with that number, in arrays as the last. A row
   * without it has the score 0, as nothing can be said of it.
   * @throws as `TableModel.predict`; StateError once the weights of the model have changed
   */
  async detect(rows: readonly TableRow[], options: DetectOptions = {}): Promise<Detection[]> {
    return this.#detector.detect(requireRows(rows), options);
  }
}

function requireRows(rows: readonly TableRow[]): readonly TableRow[] {
  if (isArray(rows) && rows.length > 0) return rows;
  throw new DataError({
    path: 'rows',
    expected: 'at least one row, in an array',
    received: isArray(rows) ? 'none' : describeValue(rows),
  });
}

/**
 * All rows of a table as inputs. The reader is read to its end, and closed.
 *
 * @param scorerFor makes what encodes them, or says what the table lacks
 */
export async function encodeWhole(
  reader: TableReader,
  scorerFor: (reader: TableReader) => TableScorer,
): Promise<MatrixInput> {
  const parts: MatrixInput[] = [];
  try {
    const scorer = scorerFor(reader);
    for await (const batch of reader.batches()) {
      if (batch.records.length > 0) parts.push(scorer.encode(batch));
    }
  } finally {
    await reader.close();
  }
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const columns = parts[0]?.columns;
  if (columns === undefined) throw noRows(reader.path, 0, null);
  const values = allocateNumbers(Float32Array, rows * columns, 'table', `${rows} rows`);
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return matrix(values, rows, columns);
}
