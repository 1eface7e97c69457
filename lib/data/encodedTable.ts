import { MemoryError } from '../errors.js';
import { optionText } from '../optionText.js';
import { targetRules } from './cellRules.js';
import type { CellBatch } from './cells.js';
import type { CsvOptions } from './csv.js';
import type { Survey } from './table.js';
import { changedFile, TableEncoder, TargetEncoder } from './tableEncoder.js';
import { encodedWidth, isReadBy, type TableSchema } from './tableSchema.js';
import { placedBy, type TableReader, type TableSource } from './tableSource.js';

/** A table that has been surveyed, as inputs and targets of a network. */

/** Encoded training data. */
export interface EncodedTable {
  readonly rows: number;
  readonly columns: number;
  /** Shape (rows, columns), row by row. */
  readonly inputs: Float32Array<ArrayBuffer>;
  /** Class indices, or standardised numbers; null for an autoencoder. Shape (rows). */
  readonly targets: Int32Array | Float32Array | null;
}

/**
 * The last pass: the rows that have a target, encoded; those that train in front, then those that are held out,
 * each in their order.
 *
 * @param heldOut 1 for each row that does not train; none where all do.
 * @throws DataError when the file is no longer what the first pass saw
 */
export async function encodeTable(
  source: TableSource,
  survey: Survey,
  options: CsvOptions = {},
  heldOut?: Uint8Array,
): Promise<EncodedTable> {
  const { schema, rows } = survey;
  const columns = encodedWidth(schema);
  const inputs = allocate(rows, columns, source.path);
  const targets = allocateTargets(schema, rows);
  const places = new RowPlaces(rows, heldOut);
  for await (const part of encodedParts(source, survey, options, heldOut)) {
    for (const [start, end, at] of places.next(part.rows)) {
      inputs.set(part.inputs.subarray(start * columns, end * columns), at * columns);
      if (part.targets) targets?.set(part.targets.subarray(start, end), at);
    }
  }
  return { rows, columns, inputs, targets };
}

/** Where rows go that come in their order. */
class RowPlaces {
  readonly #heldOut: Uint8Array | undefined;
  #row = 0;
  #training = 0;
  #held: number;

  constructor(rows: number, heldOut: Uint8Array | undefined) {
    this.#heldOut = heldOut;
    this.#held = heldOut === undefined ? rows : trainingRowsOf(heldOut);
  }

  /** Stretches of the next rows that stay together: from, to, and where the first of them goes. */
  *next(rows: number): Generator<[start: number, end: number, at: number]> {
    const first = this.#row;
    const end = first + rows;
    while (this.#row < end) {
      const start = this.#row;
      const held = this.#heldOut?.[start] ?? 0;
      while (this.#row < end && (this.#heldOut?.[this.#row] ?? 0) === held) this.#row++;
      const at = held === 1 ? this.#held : this.#training;
      if (held === 1) this.#held += this.#row - start;
      else this.#training += this.#row - start;
      yield [start - first, this.#row - first, at];
    }
  }
}

/** Rows that are not held out. */
export function trainingRowsOf(heldOut: Uint8Array): number {
  return heldOut.reduce((rows, held) => rows + 1 - held, 0);
}

/** Inputs that are encoded at a time. */
const inputsInPart = 2 ** 18;

/**
 * The rows in their order, some at a time, which are valid until the next ones are asked for.
 *
 * @param heldOut as of `encodeTable`: texts that only these have are encoded as no category.
 * @throws DataError when the file is no longer what the first pass saw
 */
export async function* encodedParts(
  source: TableSource,
  survey: Survey,
  options: CsvOptions = {},
  heldOut?: Uint8Array,
): AsyncGenerator<EncodedTable, void, void> {
  const reader = await source.open('encode', {
    ...options,
    delimiter: survey.delimiter ?? undefined,
    isUsed: isReadBy(survey.schema, [survey.schema.target?.name]),
  });
  try {
    yield* partsOf(reader, survey, heldOut);
  } catch (error) {
    throw placedBy(reader, error);
  } finally {
    await reader.close();
  }
}

async function* partsOf(
  reader: TableReader,
  survey: Survey,
  heldOut: Uint8Array | undefined,
): AsyncGenerator<EncodedTable, void, void> {
  const { schema } = survey;
  const { path } = reader;
  const encoder = new TableEncoder(schema, reader.columns, path, 'refuse');
  // A model that is trained has said what there is, in whichever rows.
  const policy = survey.inferred === null && heldOut?.includes(0) ? 'refuse' : 'ignore';
  const lenient = new TableEncoder(schema, reader.columns, path, policy);
  const targetEncoder =
    schema.target &&
    new TargetEncoder(
      schema.target,
      reader.columns,
      path,
      targetRules({ missing: survey.targetMissing, decimal: schema.decimal }),
    );
  const columns = encoder.width;
  const capacity = Math.min(survey.rows, Math.max(1, Math.floor(inputsInPart / columns)));
  const inputs = allocate(capacity, columns, path);
  const targets = allocateTargets(schema, capacity);
  const part = (rows: number): EncodedTable => ({
    ...{ rows, columns, inputs: inputs.subarray(0, rows * columns) },
    targets: targets?.subarray(0, rows) ?? null,
  });
  let done = 0;
  let row = 0;
  const encodeRows = (batch: CellBatch, chosen: Uint32Array): void => {
    const { fields } = batch;
    const isEncoded = fields && encoder.encodeFields(fields, chosen, inputs, row * columns);
    for (const record of chosen) {
      const own = heldOut?.[done + row] === 1 ? lenient : encoder;
      if (!isEncoded) own.encodeRow(batch, record, inputs, row * columns);
      if (targets && targetEncoder) targets[row] = targetEncoder.encodeRow(batch, record);
      row++;
    }
  };
  for await (const batch of reader.batches()) {
    const all = rowsWithTarget(batch, targetEncoder);
    if (done + row + all.length > survey.rows) throw changedFile(path);
    for (let start = 0; start < all.length; ) {
      const chosen = all.subarray(start, start + capacity - row);
      encodeRows(batch, chosen);
      start += chosen.length;
      if (row < capacity) continue;
      yield part(row);
      done += row;
      row = 0;
    }
  }
  if (row > 0) yield part(row);
  if (done + row < survey.rows) throw changedFile(path);
}

function rowsWithTarget(batch: CellBatch, target: TargetEncoder | null): Uint32Array {
  const rows = batch.fields?.rows ?? batch.records.length;
  const chosen = new Uint32Array(rows);
  let count = 0;
  for (let record = 0; record < rows; record++) {
    if (target === null || target.hasRow(batch, record)) chosen[count++] = record;
  }
  return chosen.subarray(0, count);
}

function allocateTargets(schema: TableSchema, rows: number): Int32Array | Float32Array | null {
  if (schema.target === null) return null;
  return schema.target.type === 'classes' ? new Int32Array(rows) : new Float32Array(rows);
}

function allocate(rows: number, columns: number, path: string): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(rows * columns);
  } catch (cause) {
    const gigabytes = (rows * columns * 4) / 1e9;
    throw new MemoryError(
      {
        path,
        expected: 'a table that fits into memory once encoded',
        received: `${rows} rows of ${columns} inputs (${gigabytes.toFixed(1)} GB)`,
        remedy: `Use a sample of the rows, leave columns out with ${optionText('ignore')}, or lower ${optionText('maxCategories')}.`,
      },
      { cause },
    );
  }
}
