import { cellRules } from '../../data/cellRules.js';
import type { Cell } from '../../data/cells.js';
import { ColumnPlaces } from '../../data/columnNames.js';
import type { TableWriter, WrittenColumn, WrittenRows } from '../../data/formats/tableWriter.js';
import type { TableSchema } from '../../data/tableSchema.js';
import type { TableBatch, TableReader } from '../../data/tableSource.js';
import { cleanField } from '../../data/tableValues.js';
import type { ScoredColumn } from './scorer.js';

/** The table that `predict` writes: the columns of the one that it reads, and behind them those of the scorer. */

/**
 * The columns in front. A file without types says nothing of them, but the model does: what it reads as numbers is one.
 */
export function originalColumns(
  { columns, types }: Pick<TableReader, 'columns' | 'types'>,
  schema: TableSchema,
): WrittenColumn[] {
  const numbers = new ColumnPlaces(
    schema.columns.filter(({ type }) => type === 'number').map(({ name }) => name),
  );
  return columns.map((name, place) => {
    const isNumber = types === undefined && numbers.of(name) !== undefined;
    return { name, type: isNumber ? 'number' : types?.[place] };
  });
}

/** A file that was scored before has such columns already: the new ones are told apart by a number. */
export function newColumns(
  scored: readonly ScoredColumn[],
  taken: readonly string[],
): WrittenColumn[] {
  const all = new Set(taken);
  return scored.map(({ name, type }) => {
    let free = name;
    for (let number = 2; all.has(free); number++) free = `${name}_${number}`;
    all.add(free);
    return { name: free, type };
  });
}

/** Makes the rows that are written. */
export class WrittenTable {
  readonly #added: readonly WrittenColumn[];
  readonly #typed: ((record: readonly Cell[]) => Cell[]) | undefined;

  /**
   * @param isTyped whether the columns are written as what they are, and not as the fields that a text has
   */
  constructor(
    reader: Pick<TableReader, 'types'>,
    originals: readonly WrittenColumn[],
    added: readonly WrittenColumn[],
    schema: TableSchema,
    isTyped: boolean,
  ) {
    this.#added = added;
    const hasTypes = reader.types !== undefined;
    this.#typed = isTyped && !hasTypes ? typedCells(originals, schema) : undefined;
  }

  rowsOf({ records, objects }: TableBatch, fields: readonly (readonly string[])[]): WrittenRows {
    const rows = records.map((record, row) => {
      const own = this.#typed?.(record) ?? record;
      return [...own, ...this.#cellsOf(fields[row] ?? [])];
    });
    return {
      records: rows,
      objects: objects?.map((object, row) => this.#objectOf(object, fields[row] ?? [])),
    };
  }

  #cellsOf(fields: readonly string[]): Cell[] {
    return fields.map((field) => (field === '' ? null : field));
  }

  #objectOf(object: object, fields: readonly string[]): Record<string, unknown> {
    const cells = this.#cellsOf(fields);
    const named = this.#added.map(({ name, type }, place) => {
      const cell = cells[place] ?? null;
      return [name, cell === null || type === 'text' ? cell : Number(cell)] as const;
    });
    return { ...object, ...Object.fromEntries(named) };
  }
}

/** Numbers of the fields that the model reads as such; of the others, null for an empty one. */
function typedCells(
  columns: readonly WrittenColumn[],
  schema: TableSchema,
): (record: readonly Cell[]) => Cell[] {
  const { numberOf, amountOf } = cellRules(schema);
  const areNumbers = columns.map(({ type }) => type === 'number');
  const numberIn = (field: string): Cell => {
    const plain = numberOf(cleanField(field));
    const number = Number.isNaN(plain) ? amountOf(cleanField(field)) : plain;
    return Number.isNaN(number) ? null : number;
  };
  return (record) =>
    record.map((cell, place) => {
      if (typeof cell !== 'string') return cell;
      if (cell === '') return null;
      return areNumbers[place] ? numberIn(cell) : cell;
    });
}

/** What the writer gives, piece by piece. @param rows in their order */
export async function* writtenBy(
  writer: TableWriter,
  rows: AsyncGenerator<WrittenRows>,
): AsyncGenerator<string | Uint8Array> {
  yield writer.head();
  for await (const some of rows) yield writer.rows(some);
  yield writer.end();
}
