import { stat } from 'node:fs/promises';
import type { FileRows } from '../../data/fileRows.js';
import type { TableFile } from '../../data/tableFile.js';
import { formatBytes, formatCount } from '../../quantities.js';
import { painted, plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import type { InspectOptions } from './inspectArguments.js';
import { schemaRows } from './schemaText.js';
import { describe, type Row } from './sections.js';

/** Rows that `layerwise convert` has made of a table: how many, of what, and how the table was encoded. */
export async function describeRows(
  { file, json }: InspectOptions,
  rows: TableFile,
  { stdout }: CliContext,
): Promise<void> {
  const { schema, task, droppedRows, inputs } = rows;
  const { size: bytes } = await stat(file);
  const classes = await classCounts(rows);
  if (json) {
    const counts = { rows: inputs.rows, inputs: inputs.columns, droppedRows, bytes };
    const learned = { task: task?.name ?? 'autoencoding', reason: task?.reason ?? null };
    stdout.json({ file, kind: 'rows', ...counts, ...learned, classes, schema });
    return;
  }
  stdout.line(painted('bold', file), ': rows of a table, to train on from the disk');
  const dropped = droppedRows > 0 ? `, ${formatCount(droppedRows)} left out without a target` : '';
  const facts: Row[] = [
    ['rows', `${formatCount(inputs.rows)}${dropped}`],
    ['inputs', `${formatCount(inputs.columns)} of ${plural(schema.columns.length, 'column')}`],
    ['task', task === null ? 'autoencoder' : `${task.name} of '${schema.target?.name}'`],
    ['size', formatBytes(bytes)],
  ];
  if (classes !== null) facts.push(['classes', classesText(classes)]);
  describe('Rows', facts, stdout);
  describe('Data', schemaRows(schema), stdout);
}

/** How many rows each class has; null where there are none. */
async function classCounts({
  schema: { target },
  targets,
}: TableFile): Promise<Readonly<Record<string, number>> | null> {
  if (targets === null || target?.type !== 'classes') return null;
  const counts = new Float64Array(target.classes.length);
  for await (const slice of slicesOf(targets)) {
    for (const index of slice) counts[index] = (counts[index] ?? 0) + 1;
  }
  return Object.fromEntries(target.classes.map((name, index) => [name, counts[index] ?? 0]));
}

const rowsAtOnce = 2 ** 22;

async function* slicesOf(rows: FileRows): AsyncGenerator<ArrayLike<number> & Iterable<number>> {
  for (let start = 0; start < rows.rows; start += rowsAtOnce) {
    yield await rows.read(start, Math.min(rows.rows, start + rowsAtOnce));
  }
}

const mostClassesShown = 12;

/** The most frequent first. */
function classesText(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).sort(([, left], [, right]) => right - left);
  const shown = sorted.slice(0, mostClassesShown);
  const more = sorted.length - shown.length;
  const texts = shown.map(([name, count]) => `${name} (${formatCount(count)})`);
  return `${texts.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}
