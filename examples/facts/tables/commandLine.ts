import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Cell, type NamedTable, splitOf } from './namedTable.ts';

/** Trainings by the command line, as whoever has a table would start them. */

/**
 * Trains on the rows of a split, and returns the error on its other rows: the root mean squared error of numbers, the log
 * loss of classes.
 */
export function errorOfTraining(
  table: NamedTable,
  split: number,
  options: readonly string[],
): number {
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-tables-'));
  try {
    const { training, test } = splitOf(table, split);
    const [data, others] = [join(folder, 'training.csv'), join(folder, 'test.csv')];
    writeFileSync(data, csvOf(table, training));
    writeFileSync(others, csvOf(table, test));
    const model = join(folder, 'model.safetensors');
    const scored = join(folder, 'scored.csv');
    layerwise([
      'train',
      data,
      '--target',
      table.target,
      '--task',
      table.task,
      '--seed',
      String(split),
      '--threads',
      '1',
      '--out',
      model,
      ...options,
    ]);
    layerwise(['predict', model, others, '--unknown', 'ignore', '--out', scored]);
    return errorOf(table, readFileSync(scored, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function layerwise(words: readonly string[]): void {
  const program = resolve('dist/cli/main.js');
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`layerwise ${words.join(' ')}: ${stderr}`);
}

function csvOf({ columns, cells }: NamedTable, rows: readonly number[]): string {
  const lines = rows.map((row) => (cells[row] ?? []).map(field).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function field(cell: Cell): string {
  return cell === null ? '' : String(cell);
}

function errorOf({ target, task }: NamedTable, scored: string): number {
  const [head = [], ...rows] = scored
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const at = (row: readonly string[], name: string) => row[head.indexOf(name)] ?? '';
  const losses = rows.map((row) => {
    if (task === 'regression')
      return (Number(at(row, 'prediction')) - Number(at(row, target))) ** 2;
    // A class that no row of the training has is one that nothing was known of.
    return -Math.log(Math.max(1e-15, Number(at(row, `probability_${at(row, target)}`))));
  });
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  return task === 'regression' ? Math.sqrt(mean) : mean;
}
