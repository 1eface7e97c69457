import type { CellBatch } from '../data/cells.js';
import { TableEncoder, type UnknownPolicy } from '../data/tableEncoder.js';
import type { TableSchema } from '../data/tableSchema.js';
import { rebaseError } from '../errors.js';
import { recordOf } from './memoryRows.js';

/** From rows of a program to the inputs of a network, many times over. */
export class RowEncoder {
  /** Inputs per row. */
  readonly width: number;
  readonly #columns: readonly string[];
  readonly #encoder: TableEncoder;

  constructor(schema: TableSchema, unknown: UnknownPolicy) {
    this.#columns = schema.columns.map(({ name }) => name);
    this.#encoder = new TableEncoder(schema, this.#columns, placeOfRow, unknown);
    this.width = this.#encoder.width;
  }

  /**
   * Writes the inputs of a row.
   *
   * @param path where the row stands, for errors
   * @throws DataError for a column that is missing, a field that is no number, or an unknown text
   */
  encode(row: unknown, inputs: Float32Array, at: number, path: string): void {
    const records = [recordOf(row, this.#columns, path)];
    const batch: CellBatch = { records, lineOf: () => 0 };
    try {
      this.#encoder.encodeRow(batch, 0, inputs, at);
    } catch (error) {
      throw rebaseError(error, (place) => place.replace(`${placeOfRow}:0`, path));
    }
  }
}

/** How the encoder calls the row. */
const placeOfRow = 'row';
