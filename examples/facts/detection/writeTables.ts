import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvOf, isNumeric } from './detectionTable.ts';
import { keptTrials, mixedTrials } from './trials.ts';

/** Writes the tables with their faults into a folder, for `reference.py`. */

const [folder = ''] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const trials = [...mixedTrials(), ...keptTrials()].map(({ name, seed, table }) => {
  const file = `${name}-${seed}.csv`;
  writeFileSync(join(folder, file), csvOf(table));
  const texts = table.columns.filter((_, column) => !isNumeric(table, column));
  return { name, seed, file, texts, faults: table.faults };
});
writeFileSync(join(folder, 'trials.json'), JSON.stringify(trials));
