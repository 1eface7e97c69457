import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { facts } from './list.js';
import { pageOf } from './report/page.js';
import { readResults, storeResult } from './report/results.js';

/**
 * Measures published facts and prints what was expected beside what came out.
 *
 *   npm run facts                     all of them; writes docs/published-facts.md and its pictures
 *   npm run facts -- NAME ...         some of them; the others stay on the page as they were
 *   npm run facts -- --quick          small settings, those of the tests; writes nothing
 */

const page = 'docs/published-facts.md';
const folder = 'docs/facts';

const { values: options, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => facts.every((fact) => fact.name !== name));
if (unknown.length > 0) {
  const names = facts.map(({ name }) => name).join(', ');
  throw new Error(`there is no fact ${unknown.join(', ')}; there are ${names}`);
}
const chosen = facts
  .filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  .filter(({ isQuick }) => isQuick || !options.quick);

for (const fact of chosen) {
  const started = performance.now();
  const result = await fact.measure(options.quick ? 'quick' : 'published');
  const seconds = (performance.now() - started) / 1000;
  console.log(`${fact.title} (${seconds.toFixed(1)} s)`);
  for (const { fact: statement, expected, measured, holds } of result.rows) {
    console.log(`  ${holds ? 'holds' : 'FAILS'}  ${statement}: ${measured}, expected ${expected}`);
    if (!holds) process.exitCode = 1;
  }
  if (!options.quick) await storeResult(folder, fact.name, result);
}
if (!options.quick) await writeFile(page, pageOf(facts, await readResults(folder)));
