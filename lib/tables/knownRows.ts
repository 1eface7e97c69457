import { isArray, isDate, isObject } from '../builtins.js';
import type { TableReader } from '../data/table.js';
import type { UnknownPolicy } from '../data/tableEncoder.js';
import { isReadBy, type TableSchema } from '../data/tableSchema.js';
import { DataError } from '../errors.js';
import { allocateNumbers } from '../memory.js';
import { readTable, type TableInput } from './readTable.js';
import { RowEncoder } from './rowEncoder.js';
import type { Table } from './table.js';
import { readUnknownPolicy } from './tableOptions.js';

/** Rows that a model is asked about, whose columns it knows: those of programs, and tables. */

/** Encodes rows of programs, of any policy. */
export class KnownRows {
  readonly #schema: TableSchema;
  readonly #encoders = new Map<UnknownPolicy, RowEncoder>();

  constructor(schema: TableSchema) {
    this.#schema = schema;
  }

  /** @throws DataError for no rows, and as `RowEncoder.encode`; ArgumentError for another policy */
  encoded(rows: readonly unknown[], unknown: unknown): Float32Array {
    const encoder = this.#encoder(unknown);
    if (rows.length === 0) {
      throw new DataError({ path: 'rows', expected: 'at least one row', received: 'none' });
    }
    const { width } = encoder;
    const count = `${rows.length} rows`;
    const inputs = allocateNumbers(Float32Array, rows.length * width, 'rows', count);
    for (let row = 0; row < rows.length; row++) {
      encoder.encode(rows[row], inputs, row * width, `rows[${row}]`);
    }
    return inputs;
  }

  /** The same of one row. */
  encodedRow(row: unknown, unknown: unknown): Float32Array {
    const encoder = this.#encoder(unknown);
    const inputs = new Float32Array(encoder.width);
    encoder.encode(row, inputs, 0, 'row');
    return inputs;
  }

  #encoder(given: unknown): RowEncoder {
    const policy = readUnknownPolicy(given);
    const known = this.#encoders.get(policy) ?? new RowEncoder(this.#schema, policy);
    this.#encoders.set(policy, known);
    return known;
  }
}

/** Whether an array holds rows, and not the values of one. */
export function areRows(given: unknown): given is readonly unknown[] {
  return isArray(given) && isObject(given[0]) && !isDate(given[0]);
}

/**
 * A table to be predicted or measured. A file that is named by its path alone is taken to be like the one that the model
 * was trained on: with the names of the columns in its first line, or without.
 */
export async function readKnown(input: TableInput, { header }: TableSchema): Promise<Table> {
  return await readTable(input, typeof input === 'string' ? { header } : {});
}

/** @param others columns that are read besides the inputs */
export async function openKnown(
  input: TableInput,
  schema: TableSchema,
  others: readonly (string | undefined)[] = [],
): Promise<TableReader> {
  const { source, header } = await readKnown(input, schema);
  return await source.open('encode', { header, isUsed: isReadBy(schema, others) });
}
