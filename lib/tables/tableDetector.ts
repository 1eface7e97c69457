import type { Autoencoder } from '../autoencoders/autoencoder.js';
import type { DetectOptions, Detector } from '../autoencoders/detector.js';
import type { DetectorOptions } from '../autoencoders/detectorOptions.js';
import { type MatrixInput, matrix } from '../data/matrix.js';
import { noRows, type TableReader } from '../data/table.js';
import { decodeColumn, type TableSchema } from '../data/tableSchema.js';
import { StateError } from '../errors.js';
import { allocateNumbers } from '../memory.js';
import type { Detection } from '../model/detection.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { ThresholdRuleSpec } from '../model/thresholdRule.js';
import type { Member } from './members.js';
import type { TableRow } from './memoryRows.js';
import type { TableScorer } from './tableScorer.js';

/** Options of `TableModel.detector`: how the threshold is found, beside those of a forward pass. */
export type TableDetectorOptions = DetectorOptions;

/** Rows as a table has them, as inputs of the network: a flat array, row after row. */
type EncodeRows = (rows: readonly TableRow[]) => Float32Array;

/** A detector of a model of a table: rows go in as they stand in the table, and values come out in its terms. */
export class TableDetector {
  readonly #detector: Detector;
  readonly #schema: TableSchema;
  readonly #encode: EncodeRows;

  /** @internal Made by `TableModel.detector`. */
  constructor(detector: Detector, schema: TableSchema, encode: EncodeRows) {
    this.#detector = detector;
    this.#schema = schema;
    this.#encode = encode;
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
   * @param rows As of `TableModel.predict`.
   * @returns [rows].
   * @throws as `TableModel.predict`; StateError once the weights of the model have changed
   */
  async score(rows: readonly TableRow[], options: PredictOptions = {}) {
    return this.#detector.score(this.#encode(rows), options);
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
   * @param rows As of `TableModel.predict`.
   * @throws as `TableModel.predict`; StateError once the weights of the model have changed
   */
  async detect(rows: readonly TableRow[], options: DetectOptions = {}): Promise<Detection[]> {
    const { columns } = this.#schema;
    return this.#detector.detectAs(this.#encode(rows), options, (index, inputs) => {
      const column = columns[index];
      return column === undefined ? null : decodeColumn(column, inputs);
    });
  }
}

/** @throws StateError for a model that predicts a target. */
export function detectingMember([network]: readonly [Member, ...Member[]]): Autoencoder {
  if (network.kind === 'autoencoder') return network;
  throw new StateError({
    path: 'detector',
    expected: 'an autoencoder, which learns the rows themselves',
    received: 'a model that predicts a target',
    remedy: 'Train one: tableModel({ autoencoder: true }).',
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
