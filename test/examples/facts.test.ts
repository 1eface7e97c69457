/** The published facts hold: the quick ones are measured, the others were when the page was written. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { facts } from '../../examples/facts/list.js';
import { pageOf } from '../../examples/facts/report/page.js';
import { readResults } from '../../examples/facts/report/results.js';
import { root } from './compile.js';

const folder = join(root, 'docs/facts');

describe('published facts', () => {
  test.each(facts.filter(({ isQuick }) => isQuick))(
    '$name',
    async ({ measure }) => {
      const { rows, pictures } = await measure('quick');
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter(({ holds }) => !holds)).toEqual([]);
      for (const { drawing } of pictures) expect(drawing.content).not.toMatch(/NaN|undefined/);
    },
    120_000,
  );
});

describe('the page of the facts', () => {
  test('has all of them, measured, and says what was measured', async () => {
    const results = await readResults(folder);
    expect(Object.keys(results).sort()).toEqual(facts.map(({ name }) => name).sort());
    const page = readFileSync(join(root, 'docs/published-facts.md'), 'utf8');
    expect(page).toBe(pageOf(facts, results));
  });

  test('shows that they hold, with their pictures', async () => {
    for (const { rows, pictures } of Object.values(await readResults(folder))) {
      expect(rows.filter(({ holds }) => !holds)).toEqual([]);
      for (const { name } of pictures) {
        expect(existsSync(join(folder, `${name}.svg`)), name).toBe(true);
      }
    }
  });
});
