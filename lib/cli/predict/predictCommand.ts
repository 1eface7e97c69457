import { readBytes, readStream } from '../../data/bytes.js';
import { formatByName, formatNamed } from '../../data/formats/openTable.js';
import { tableSize } from '../../data/formats/tableFolder.js';
import type { TableFormat } from '../../data/formats/tableFormat.js';
import type { WriterOptions, Written, WrittenRows } from '../../data/formats/tableWriter.js';
import { openIdx } from '../../data/idx.js';
import { inputsOfItems, requireFiniteItems, requireSameItems } from '../../data/idxSchema.js';
import type { EncodingCounts } from '../../data/tableEncoder.js';
import { isReadBy } from '../../data/tableSchema.js';
import { placedBy } from '../../data/tableSource.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import { formatCount } from '../../quantities.js';
import type { TableModel } from '../../tables/tableModel.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { painted, plural } from '../../terminal/style.js';
import { inFlags } from '../arguments/flagNames.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { loadModel, requireKind } from '../models/files.js';
import { nameOfRows, openRows } from '../models/openRows.js';
import { type TrainedModel, trainedModel } from '../models/trainedModel.js';
import type { PredictOptions } from './predictArguments.js';
import { imageScorer, type ScorerOptions, tableScorer } from './scorer.js';
import { newColumns, originalColumns, WrittenTable, writtenBy } from './writtenTable.js';

/** Values of IDX items that are scored at a time. */
const valuesPerBatch = 2 ** 20;

/** What is counted on the way. */
interface Tally extends EncodingCounts {
  rows: number;
  /** What was done about odd lines, in sentences. */
  notices: readonly string[];
}

/** `layerwise predict`. */
export async function predict(options: PredictOptions, context: CliContext): Promise<ExitCode> {
  const { data } = options;
  const model = await loadModel(options.model, {
    expected: 'a model that `layerwise train` wrote',
    remedy: 'With `predict`, the model comes first, then the data.',
  });
  const trained = trainedModel(model, options.model);
  const { schema } = trained;
  const size = data === '-' ? null : await tableSize(data);
  if (size !== null) await requireKind(schema.kind, data);
  const status = new StatusLine(context.stderr);
  const tally: Tally = { rows: 0, unknown: 0, missing: 0, notices: [] };
  const onBytes = (bytes: number): void => {
    const percent = size === null ? '' : ` ${Math.floor((bytes / (size || 1)) * 100)} %`;
    status.draw(`Scoring ${data}${percent}, ${plural(tally.rows, 'row')}`);
  };
  const pieces =
    model.kind === 'table'
      ? scoredTable(model, options, context, tally, onBytes)
      : scoredItems(openChunks(options, context, onBytes), trained, options, tally);
  try {
    await write(pieces, options, context);
  } finally {
    status.clear();
  }
  summarise(tally, options, context);
  return exitCodes.ok;
}

function openChunks(
  options: PredictOptions,
  { stdin, interrupted: signal }: CliContext,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const { data } = options;
  if (data === '-') return readStream(stdin, nameOfRows(options), { signal });
  return readBytes(data, { signal, onBytes, pipes: true });
}

async function* scoredTable(
  model: TableModel,
  options: PredictOptions,
  context: CliContext,
  tally: Tally,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Written> {
  const { schema } = model;
  const { unknown } = options;
  const path = nameOfRows(options);
  const isUsed = isReadBy(schema, model.residuals && [schema.target?.name]);
  const wanted = { header: schema.header, isUsed, readsAll: true };
  const reader = await openRows(options, context, wanted, onBytes);
  try {
    const { columns } = reader;
    const rows = model.scorer({ columns, path, unknown });
    const scorer = tableScorer(model, rows, { columns, path }, scorerOptions(options));
    const originals = originalColumns(reader, schema);
    const added = newColumns(scorer.columns, columns);
    const format = formatOf(options);
    const writer = await format.write({
      ...writerOptions(options),
      columns: [...originals, ...added],
      delimiter: reader.delimiter,
    });
    const table = new WrittenTable(reader, originals, added, schema, format.name !== 'csv');
    yield* writtenBy(writer, scoredRows());
    async function* scoredRows(): AsyncGenerator<WrittenRows> {
      for await (const batch of reader.batches()) {
        const fields = await scorer.score(batch);
        tally.rows += batch.records.length;
        tally.unknown = rows.counts.unknown;
        tally.missing = rows.counts.missing;
        yield table.rowsOf(batch, fields);
      }
    }
    tally.notices = reader.report.notices().map(inFlags);
  } catch (error) {
    throw placedBy(reader, error);
  } finally {
    await reader.close();
  }
}

async function* scoredItems(
  chunks: AsyncGenerator<Uint8Array>,
  { networks, schema }: TrainedModel,
  options: PredictOptions,
  tally: Tally,
): AsyncGenerator<Written> {
  if (schema.kind !== 'idx') throw new TypeError('a table');
  const scorer = imageScorer(networks[0], schema, scorerOptions(options));
  const reader = await openIdx(chunks, nameOfRows(options));
  requireSameItems(schema, reader);
  const columns = [{ name: 'item', type: 'integer' } as const, ...scorer.columns];
  const writer = await formatOf(options).write({
    ...writerOptions(options),
    columns,
    delimiter: options.delimiter ?? null,
  });
  yield writer.head();
  const { itemSize } = reader;
  for await (const values of reader.batches(Math.max(1, Math.floor(valuesPerBatch / itemSize)))) {
    const rows = values.length / itemSize;
    requireFiniteItems(values, reader, schema, tally.rows);
    const inputs = inputsOfItems(values, itemSize, schema);
    const fields = await scorer.score(inputs);
    const first = tally.rows;
    tally.rows += rows;
    yield writer.rows({ records: fields.map((row, index) => [first + index, ...row]) });
  }
  yield writer.end();
}

function scorerOptions({ model: path, threads }: PredictOptions): ScorerOptions {
  return { path, threads };
}

/** By its name where there is one; CSV by default. */
function formatOf({ format, out }: PredictOptions): TableFormat {
  if (format !== undefined) return formatNamed(format);
  return formatByName(out ?? '') ?? formatNamed('csv');
}

function writerOptions({ escapeFormulas }: PredictOptions): Pick<WriterOptions, 'escapeFormulas'> {
  return { escapeFormulas };
}

async function write(
  pieces: AsyncGenerator<Written>,
  { out }: PredictOptions,
  { stdout }: CliContext,
): Promise<void> {
  if (out !== undefined) {
    await atomicWrite(out, bytesOf(pieces));
    return;
  }
  // Formats of bytes have a file: see the arguments.
  for await (const piece of pieces) await stdout.data(piece.toString());
}

async function* bytesOf(pieces: AsyncGenerator<Written>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (piece.length > 0) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
  }
}

function summarise(tally: Tally, options: PredictOptions, { stdout, stderr }: CliContext): void {
  const { rows, unknown, missing, notices } = tally;
  if (options.json) {
    stdout.json({ type: 'scored', ...tally, path: options.out });
    return;
  }
  for (const notice of notices) stderr.line(painted('yellow', 'Note:'), ` ${notice}`);
  const notes = [
    ...(missing > 0 ? [`${formatCount(missing)} missing numbers or dates taken as the mean`] : []),
    ...(unknown > 0 ? [`${formatCount(unknown)} unknown texts ignored`] : []),
  ];
  const details = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  const place = options.out === undefined ? '' : ` into ${options.out}`;
  stderr.line(`Scored ${plural(rows, 'row')}${place}${details}.`);
}
