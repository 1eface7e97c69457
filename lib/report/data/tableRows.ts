import { targetRules } from '../../data/cellRules.js';
import type { CellBatch } from '../../data/cells.js';
import { ColumnPlaces } from '../../data/columnNames.js';
import { missingTargets, newClass } from '../../data/knownTable.js';
import { matrix } from '../../data/matrix.js';
import { noRows, type TableReader } from '../../data/table.js';
import { TableEncoder, TargetEncoder } from '../../data/tableEncoder.js';
import { requireColumns } from '../../data/tableInference.js';
import { isReadBy, type TableSchema } from '../../data/tableSchema.js';
import { cellText } from '../../data/tableValues.js';
import { allocateNumbers } from '../../memory.js';
import { isWrongWord } from '../../tables/evaluateTable.js';
import { inRows, type Table } from '../../tables/table.js';
import type { RowsToJudge } from './judged.js';

/** The rows of a table, encoded as a model wants them, each with its line. */

/**
 * Rows without a target are left out. Texts that the model does not know count as none of those that it knows.
 *
 * @param labelsColumn says which rows are wrong, for an autoencoder
 * @throws DataError, ArgumentError
 */
export async function tableRows(
  { source, path }: Table,
  schema: TableSchema,
  labelsColumn: string | undefined,
): Promise<RowsToJudge> {
  return await inRows(async () => {
    const { target, header } = schema;
    const isUsed = isReadBy(schema, [target?.name, labelsColumn]);
    const reader = await source.open('encode', { header, isUsed });
    try {
      const rows = new Rows(schema, reader, labelsColumn);
      for await (const batch of reader.batches()) rows.add(batch);
      return rows.result(path);
    } finally {
      await reader.close();
    }
  });
}

class Rows {
  readonly #schema: TableSchema;
  readonly #path: string;
  readonly #encoder: TableEncoder;
  readonly #targetEncoder: TargetEncoder | null;
  readonly #targetField: number;
  readonly #isWrong: ((record: CellBatch['records'][number]) => boolean) | null;
  readonly #labelsColumn: string | undefined;
  readonly #parts: Float32Array[] = [];
  readonly #targets: number[] = [];
  readonly #places: number[] = [];
  readonly #wrong: boolean[] = [];

  constructor(
    schema: TableSchema,
    { columns, path }: TableReader,
    labelsColumn: string | undefined,
  ) {
    const { target, decimal } = schema;
    requireColumns(labelsColumn === undefined ? [] : [labelsColumn], columns, 'labelsColumn');
    if (target !== null) requireColumns([target.name], columns, 'target');
    this.#schema = schema;
    this.#path = path;
    this.#labelsColumn = labelsColumn;
    this.#encoder = new TableEncoder(schema, columns, path, 'ignore');
    const rules = targetRules({ missing: missingTargets(schema), decimal });
    this.#targetEncoder = target && new TargetEncoder(target, columns, path, rules);
    const places = new ColumnPlaces(columns);
    this.#targetField = places.of(target?.name ?? '') ?? -1;
    const field = labelsColumn === undefined ? -1 : (places.of(labelsColumn) ?? -1);
    this.#isWrong =
      field < 0 ? null : (record) => isWrongWord(cellText(record[field]), targetRules(schema));
  }

  add(batch: CellBatch): void {
    const kept = [...batch.records.keys()].filter(
      (record) => this.#targetEncoder?.has(batch.records[record] ?? []) ?? true,
    );
    const { width } = this.#encoder;
    const values = new Float32Array(kept.length * width);
    for (const [at, record] of kept.entries()) {
      this.#encoder.encodeRow(batch, record, values, at * width);
      this.#places.push(batch.lineOf(record));
      if (this.#isWrong !== null) this.#wrong.push(this.#isWrong(batch.records[record] ?? []));
      if (this.#targetEncoder !== null) this.#addTarget(this.#targetEncoder, batch, record);
    }
    this.#parts.push(values);
  }

  #addTarget(encoder: TargetEncoder, batch: CellBatch, record: number): void {
    const { target } = this.#schema;
    if (target?.type === 'classes') {
      const word = cellText(batch.records[record]?.[this.#targetField]);
      if (!target.classes.includes(word)) {
        const place = `${this.#path}:${batch.lineOf(record)}`;
        throw newClass(target.name, target.classes, word, place);
      }
    }
    this.#targets.push(encoder.encodeRow(batch, record));
  }

  result(file: string): RowsToJudge {
    const { target } = this.#schema;
    const rows = this.#places.length;
    if (rows === 0) throw noRows(this.#path, 0, target?.name ?? null);
    const { width } = this.#encoder;
    const values = allocateNumbers(Float32Array, rows * width, this.#path, `${rows} rows`);
    let at = 0;
    for (const part of this.#parts) {
      values.set(part, at);
      at += part.length;
    }
    const column = this.#labelsColumn;
    return {
      inputs: matrix(values, rows, width),
      targets: target && encodedTargets(target.type, this.#targets),
      places: this.#places,
      wrong: column === undefined ? null : { column, rows: this.#wrong },
      ...{ from: 'file', file },
    };
  }
}

function encodedTargets(type: 'classes' | 'number', targets: readonly number[]) {
  return type === 'classes' ? Int32Array.from(targets) : Float32Array.from(targets);
}
