import type { CellBatch } from '../data/cells.js';
import { type MatrixInput, matrix } from '../data/matrix.js';
import { type EncodingCounts, TableEncoder, type UnknownPolicy } from '../data/tableEncoder.js';
import type { TableSchema } from '../data/tableSchema.js';
import { allocateNumbers } from '../memory.js';
import type { PredictOptions } from '../model/fitOptions.js';
import type { Members } from './members.js';
import type { TablePredictions } from './predictions.js';

/** Where rows stand, and what is done with texts that are not known. */
export interface ScoringPlace {
  /** The columns of the table, in any order, with others between them. */
  readonly columns: readonly string[];
  /** How errors call the table. */
  readonly path: string;
  readonly unknown: UnknownPolicy;
}

/** Predicts a table batch by batch, in memory that does not grow with its rows. */
export class TableScorer {
  readonly #encoder: TableEncoder;
  readonly #members: Members;

  /** @throws DataError naming the columns that the table lacks */
  constructor(schema: TableSchema, members: Members, { columns, path, unknown }: ScoringPlace) {
    this.#encoder = new TableEncoder(schema, columns, path, unknown);
    this.#members = members;
  }

  /** What had to be filled in so far. */
  get counts(): EncodingCounts {
    return this.#encoder.counts;
  }

  /**
   * @param batch At least one row.
   * @throws DataError (path `file:line`) on a field that is no number, or an unknown text
   */
  async score(batch: CellBatch, options: PredictOptions = {}): Promise<TablePredictions> {
    return await this.#members.predict(this.encode(batch), options);
  }

  /** The inputs of the networks, for what asks these for more than predictions. @throws as `score` */
  encode(batch: CellBatch): MatrixInput {
    const { length } = batch.records;
    const { width } = this.#encoder;
    const values = allocateNumbers(Float32Array, length * width, 'rows', `${length} rows`);
    this.#encoder.encode(batch, values);
    return matrix(values, length, width);
  }
}
