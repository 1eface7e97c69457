import { isPlainObject } from '../checks.js';
import { FileFormatError } from '../errors.js';
import { atomicWrite } from '../io/atomicWrite.js';
import { RegularFile } from '../io/openFile.js';
import { readSafetensorsHeader } from '../io/openSafetensorsHeader.js';
import { encodeHeader } from '../io/safetensors.js';

import type { CsvOptions } from './csv.js';
import { encodedParts } from './encodedTable.js';
import { type FileRows, fileRows } from './fileRows.js';
import type { Survey } from './table.js';
import { encodedWidth, parseTableSchema, type TableSchema } from './tableSchema.js';
import type { TableSource } from './tableSource.js';
import type { ChosenTask, Task } from './targetInference.js';

/**
 * A table as a safetensors file of encoded rows, `inputs` and `targets`, with its schema in the metadata: it
 * is made once, and then trained on from the disk.
 */

const metadataKey = 'layerwise.table';

/** What is known of a table besides its rows. */
export interface TableFacts {
  readonly schema: TableSchema;
  /** Null for an autoencoder. */
  readonly task: ChosenTask | null;
  readonly droppedRows: number;
  /** What stood between the fields; null where nothing did. */
  readonly delimiter: string | null;
  /** Columns of the table that it was made of. */
  readonly columns: readonly string[];
}

/** A table that was made into a file. */
export interface TableFile extends TableFacts {
  /** [rows, inputs]. */
  readonly inputs: FileRows;
  /** Class indices or standardised numbers; null for an autoencoder. */
  readonly targets: FileRows | null;
}

/**
 * Encodes a table into a file, atomically; memory holds a number for each row, its target.
 *
 * @throws DataError when the table is no longer what the survey saw; what reading and writing throw
 */
export async function writeTableFile(
  path: string,
  source: TableSource,
  survey: Survey,
  options: CsvOptions = {},
): Promise<void> {
  await atomicWrite(path, tableBytes(source, survey, options));
}

async function* tableBytes(
  source: TableSource,
  survey: Survey,
  options: CsvOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const { schema, task, droppedRows, delimiter, columns, rows } = survey;
  const facts: TableFacts = { schema, task, droppedRows, delimiter, columns };
  const isNumber = schema.target?.type === 'number';
  const inputs = { dtype: 'F32', shape: [rows, encodedWidth(schema)] } as const;
  const targets = { dtype: isNumber ? 'F32' : 'I32', shape: [rows] } as const;
  yield encodeHeader(
    new Map<string, typeof inputs | typeof targets>([
      ['inputs', inputs],
      ...(schema.target === null ? [] : [['targets', targets] as const]),
    ]),
    { [metadataKey]: JSON.stringify(facts) },
  );
  const targetBytes: Uint8Array[] = [];
  for await (const part of encodedParts(source, survey, options)) {
    yield bytesOf(part.inputs);
    if (part.targets) targetBytes.push(bytesOf(part.targets).slice());
  }
  yield* targetBytes;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Opens a table that was made into a file; null for any other safetensors file.
 *
 * @throws FileFormatError
 */
export async function openTableFile(path: string): Promise<TableFile | null> {
  const file = await RegularFile.open(path);
  let metadata: ReadonlyMap<string, string>;
  try {
    ({ metadata } = await readSafetensorsHeader(file));
  } finally {
    await file.close();
  }
  const text = metadata.get(metadataKey);
  if (text === undefined) return null;
  const facts = parseFacts(text, `${path}: ${metadataKey}`);
  const inputs = await fileRows(path, { tensor: 'inputs' });
  const targets = facts.schema.target === null ? null : await fileRows(path, { tensor: 'targets' });
  if (inputs.columns !== encodedWidth(facts.schema)) {
    const expected = `${encodedWidth(facts.schema)} inputs, as its schema says`;
    throw new FileFormatError({ path, expected, received: String(inputs.columns) });
  }
  return { ...facts, inputs, targets };
}

function parseFacts(text: string, path: string): TableFacts {
  const invalid = new FileFormatError({
    path,
    expected: 'what `layerwise convert` writes',
    received: 'something else',
  });
  let facts: unknown;
  try {
    facts = JSON.parse(text);
  } catch {
    throw invalid;
  }
  if (!isPlainObject(facts)) throw invalid;
  const { delimiter, columns, droppedRows, task } = facts;
  const areNames = Array.isArray(columns) && columns.every((name) => typeof name === 'string');
  const isDelimiter = typeof delimiter === 'string' || delimiter === null;
  if (!areNames || !isDelimiter || typeof droppedRows !== 'number') throw invalid;
  return {
    schema: parseTableSchema(facts.schema, `${path}.schema`),
    task: parseTask(task, invalid),
    ...{ droppedRows, delimiter, columns },
  };
}

const tasks: readonly Task[] = ['classification', 'regression'];

function parseTask(value: unknown, invalid: FileFormatError): ChosenTask | null {
  if (value === null) return null;
  if (!isPlainObject(value)) throw invalid;
  const name = tasks.find((task) => task === value.name);
  if (name === undefined || typeof value.reason !== 'string') throw invalid;
  return { name, reason: value.reason };
}
