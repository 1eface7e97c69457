import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { foreignOptions, foreignRows, places } from '../../lib/foreignNames.js';
import { foreignMethods } from '../../lib/model/foreignMethods.js';
import { root } from '../examples/compile.js';

/* The tables of docs/coming-from-other-libraries.md are those of the code, line by line. */

const page = readFileSync(join(root, 'docs/coming-from-other-libraries.md'), 'utf8');

/** The lines of the table under a heading, without its head. */
function tableUnder(heading: string): readonly string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| `'));
}

const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

const options = foreignOptions.map(
  ({ names, option, place, example }) =>
    `| ${code(names)} | \`${option}\`, ${places[place]} | \`${example}\` |`,
);
const names = Object.entries(foreignRows).flatMap(([kind, rows]) =>
  rows.map(([foreign, ours]) => `| ${code(foreign)} | \`'${ours}'\` | ${kind} |`),
);
const methods = Object.entries(foreignMethods).map(
  ([name, instead]) => `| \`${name}()\` | ${instead} |`,
);

describe('the page for those who come from other libraries', () => {
  test.each([
    ['Options', options],
    ['Names', names],
    ['Methods', methods],
  ] as const)('has the table of %s of the code', (heading, lines) => {
    expect(tableUnder(heading)).toEqual(lines);
  });
});
