import { targetRules } from '../data/cellRules.js';
import type { CellBatch } from '../data/cells.js';
import { missingTargets } from '../data/knownTable.js';
import { TableEncoder, TargetEncoder, type UnknownPolicy } from '../data/tableEncoder.js';
import type { TableSchema, TargetColumn } from '../data/tableSchema.js';
import { rebaseError } from '../errors.js';
import { recordOf } from './memoryRows.js';

/** From rows of a program to the inputs of a network, many times over. */
export class RowEncoder {
  /** Inputs per row. */
  readonly width: number;
  readonly #columns: readonly string[];
  readonly #encoder: TableEncoder;
  readonly #target: TargetEncoder | undefined;

  /** @param target where the rows have one, as their last column */
  constructor(schema: TableSchema, unknown: UnknownPolicy, target?: TargetColumn) {
    this.#columns = [...schema.columns, ...(target ? [target] : [])].map(({ name }) => name);
    const rules = targetRules({ missing: missingTargets(schema), decimal: schema.decimal });
    this.#target = target && new TargetEncoder(target, this.#columns, placeOfRow, rules);
    this.#encoder = new TableEncoder(schema, this.#columns, placeOfRow, unknown);
    this.width = this.#encoder.width;
  }

  /**
   * Writes the inputs of a row.
   *
   * @returns its target, as a network has it; NaN where it is missing, or is not asked for
   * @param path where the row stands, for errors
   * @throws DataError for a column that is missing, a field that is no number, or an unknown text
   */
  encode(row: unknown, inputs: Float32Array, at: number, path: string): number {
    const records = [recordOf(row, this.#columns, path)];
    const batch: CellBatch = { records, lineOf: () => 0 };
    try {
      this.#encoder.encodeRow(batch, 0, inputs, at);
      const hasTarget = this.#target?.has(batch.records[0] ?? []);
      return (hasTarget ? this.#target?.encodeRow(batch, 0) : undefined) ?? Number.NaN;
    } catch (error) {
      throw rebaseError(error, (place) => place.replace(`${placeOfRow}:0`, path));
    }
  }
}

/** How the encoder calls the row. */
const placeOfRow = 'row';
