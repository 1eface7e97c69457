import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { facts } from './list.ts';
import { pageOf } from './report/page.ts';
import { readResults, storeResult } from './report/results.ts';

/**
 * Measures published facts and prints what was expected beside what came out.
 *
 *   npm run facts                     all of them
 *   npm run facts -- NAME ...         some of them
 *   npm run facts -- --list           their names
 *   npm run facts -- --quick          small settings, those of the tests
 *   npm run facts -- --write          also writes docs/published-facts.md and its pictures; facts that
 *                                     were not measured stay on the page as they were
 */

const page = 'docs/published-facts.md';
const folder = 'docs/facts';

const { values: options, positionals } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => facts.every((fact) => fact.name !== name));
if (options.list) listFacts(console.log);
else if (unknown.length > 0) {
  console.error(`There is no fact ${unknown.join(', ')}. There are:`);
  listFacts(console.error);
  process.exitCode = 2;
} else if (options.quick && options.write) {
  console.error('The page holds what the published settings give: --write goes without --quick.');
  process.exitCode = 2;
} else await measure();

function listFacts(print: (line: string) => void): void {
  const width = Math.max(...facts.map(({ name }) => name.length));
  for (const { name, title } of facts) print(`  ${name.padEnd(width)}  ${title}`);
}

async function measure(): Promise<void> {
  const chosen = facts
    .filter(({ name }) => positionals.length === 0 || positionals.includes(name))
    .filter(({ isQuick }) => isQuick || !options.quick);
  for (const fact of chosen) {
    const started = performance.now();
    const result = await fact.measure(options.quick ? 'quick' : 'published');
    const seconds = (performance.now() - started) / 1000;
    console.log(`${fact.title} (${seconds.toFixed(1)} s)`);
    for (const { fact: statement, expected, measured, holds } of result.rows) {
      console.log(
        `  ${holds ? 'holds' : 'FAILS'}  ${statement}: ${measured}, expected ${expected}`,
      );
      if (!holds) process.exitCode = 1;
    }
    if (options.write) await storeResult(folder, fact.name, result);
  }
  if (options.write) await writeFile(page, pageOf(facts, await readResults(folder)));
}
