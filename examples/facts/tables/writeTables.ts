import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namedTables } from './list.ts';
import { type Cell, type NamedTable, splitOf, splits } from './namedTable.ts';

/** Writes the tables with their splits into a folder, for `reference.py`. */

const [folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
for (const { name, columns, cells } of namedTables()) {
  const lines = [columns, ...cells].map((row) => row.map(field).join(','));
  writeFileSync(join(folder, `${name}.csv`), `${lines.join('\n')}\n`);
}
writeFileSync(join(folder, 'tables.json'), JSON.stringify(namedTables().map(described)));

function field(cell: Cell): string {
  return cell === null ? '' : String(cell);
}

function described(table: NamedTable) {
  const { name, task, target, columns, cells } = table;
  const texts = columns.filter((_, at) => cells.some((row) => typeof row[at] === 'string'));
  const test = Array.from({ length: splits }, (_, number) => splitOf(table, number).test);
  return { name, task, target, texts, test };
}
