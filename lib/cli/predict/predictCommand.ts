import { fileSize, readBytes, readStream } from '../../data/bytes.js';
import { openCsv } from '../../data/csv.js';
import { CsvWriter } from '../../data/csvWriter.js';
import { openIdx } from '../../data/idx.js';
import { inputsOfItems, requireFiniteItems, requireSameItems } from '../../data/idxSchema.js';
import type { EncodingCounts } from '../../data/tableEncoder.js';
import { isReadBy } from '../../data/tableSchema.js';
import { atomicWrite } from '../../io/atomicWrite.js';
import { formatCount } from '../../quantities.js';
import type { TableModel } from '../../tables/tableModel.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { painted, plural } from '../../terminal/style.js';
import { inFlags } from '../arguments/flagNames.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { loadModel, requireKind } from '../models/files.js';
import { type TrainedModel, trainedModel } from '../models/trainedModel.js';
import type { PredictOptions } from './predictArguments.js';
import { imageScorer, type ScorerOptions, tableScorer } from './scorer.js';

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
  if (data !== '-' && (await fileSize(data)) !== null) await requireKind(schema.kind, data);
  const status = new StatusLine(context.stderr);
  const tally: Tally = { rows: 0, unknown: 0, missing: 0, notices: [] };
  const chunks = await openChunks(options, context, (share) => {
    const percent = share === null ? '' : ` ${Math.floor(share * 100)} %`;
    status.draw(`Scoring ${options.data}${percent}, ${plural(tally.rows, 'row')}`);
  });
  const lines =
    model.kind === 'table'
      ? scoredTable(chunks, model, options, tally)
      : scoredItems(chunks, trained, options, tally);
  try {
    await writeLines(lines, options, context);
  } finally {
    status.clear();
  }
  summarise(tally, options, context);
  return exitCodes.ok;
}

async function openChunks(
  { data }: PredictOptions,
  { stdin, interrupted: signal }: CliContext,
  onShare: (share: number | null) => void,
): Promise<AsyncGenerator<Uint8Array>> {
  if (data === '-') return readStream(stdin, 'standard input', { signal });
  const size = await fileSize(data);
  const onBytes = (bytes: number): void => onShare(size === null ? null : bytes / size);
  return readBytes(data, { signal, onBytes, pipes: true });
}

async function* scoredTable(
  chunks: AsyncGenerator<Uint8Array>,
  model: TableModel,
  options: PredictOptions,
  tally: Tally,
): AsyncGenerator<string> {
  const path = nameOf(options);
  const { schema } = model;
  const { unknown } = options;
  const reader = await openCsv(chunks, path, {
    ...options,
    header: schema.header,
    isUsed: isReadBy(schema, model.residuals && [schema.target?.name]),
  });
  const rows = model.scorer({ columns: reader.columns, path, unknown });
  const place = { columns: reader.columns, path };
  const scorer = tableScorer(model, rows, place, scorerOptions(options));
  const writer = new CsvWriter(reader.delimiter, options);
  yield writer.line([...reader.columns, ...newNames(scorer.columns, reader.columns)]);
  for await (const batch of reader.batches()) {
    const { records } = batch;
    const fields = await scorer.score(batch);
    tally.rows += records.length;
    tally.unknown = rows.counts.unknown;
    tally.missing = rows.counts.missing;
    yield records.map((record, row) => writer.line(record.concat(fields[row] ?? []))).join('');
  }
  tally.notices = reader.report.notices().map(inFlags);
}

async function* scoredItems(
  chunks: AsyncGenerator<Uint8Array>,
  { networks, schema }: TrainedModel,
  options: PredictOptions,
  tally: Tally,
): AsyncGenerator<string> {
  if (schema.kind !== 'idx') throw new TypeError('a table');
  const scorer = imageScorer(networks[0], schema, scorerOptions(options));
  const reader = await openIdx(chunks, nameOf(options));
  requireSameItems(schema, reader);
  const writer = new CsvWriter(options.delimiter ?? ',', options);
  yield writer.line(['item', ...scorer.columns]);
  const { itemSize } = reader;
  for await (const values of reader.batches(Math.max(1, Math.floor(valuesPerBatch / itemSize)))) {
    const rows = values.length / itemSize;
    requireFiniteItems(values, reader, schema, tally.rows);
    const inputs = inputsOfItems(values, itemSize, schema);
    const fields = await scorer.score(inputs);
    const first = tally.rows;
    tally.rows += rows;
    yield fields.map((row, index) => writer.line([String(first + index), ...row])).join('');
  }
}

function scorerOptions({ model: path, threads }: PredictOptions): ScorerOptions {
  return { path, threads };
}

function nameOf({ data }: PredictOptions): string {
  return data === '-' ? 'standard input' : data;
}

/** A file that was scored before has such columns already: the new ones are told apart by a number. */
function newNames(names: readonly string[], taken: readonly string[]): string[] {
  const all = new Set(taken);
  return names.map((name) => {
    let free = name;
    for (let number = 2; all.has(free); number++) free = `${name}_${number}`;
    all.add(free);
    return free;
  });
}

async function writeLines(
  lines: AsyncGenerator<string>,
  { out }: PredictOptions,
  { stdout }: CliContext,
): Promise<void> {
  if (out !== undefined) {
    await atomicWrite(out, bytesOf(lines));
    return;
  }
  for await (const text of lines) await stdout.data(text);
}

async function* bytesOf(lines: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  for await (const text of lines) yield Buffer.from(text);
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
