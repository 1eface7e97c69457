import { expect, test } from 'vitest';
import { oddTables } from './oddTables.js';
import { encodedOutcome, recordsOutcome } from './tableOutcome.js';

/** After a change that is meant, `npx vitest run test/data/oddTables.test.ts -u` writes the expectation anew. */

test('odd tables are read as they always were', async () => {
  const parts: string[] = [];
  for (const table of oddTables) {
    parts.push(
      `## ${table.name}`,
      await recordsOutcome(table),
      '',
      await encodedOutcome(table),
      '',
    );
  }
  await expect(`${parts.join('\n')}\n`).toMatchFileSnapshot('oddTables.expected.txt');
});

// What kind of file it is, is seen in its first bytes.
const anyhow = oddTables.filter(({ name }) => name !== 'UTF-16' && name !== 'a zero byte');

test.each(anyhow)('$name: the same in chunks of any size', async (table) => {
  const expected = withoutPlace(await recordsOutcome(table));
  const { length } = Buffer.from(table.data as string);
  const step = length > 400 ? 97 : 1;
  for (let chunkSize = 1; chunkSize < Math.min(length, 1200); chunkSize += step) {
    const outcome = await recordsOutcome(table, { chunkSize });
    expect(withoutPlace(outcome), `chunks of ${chunkSize}`).toBe(expected);
  }
});

/** Of bytes that are no text, the line depends on the chunks where one ends within a character. */
function withoutPlace(outcome: string): string {
  return outcome.replace(/odd\.csv:\d+(?=: expected text in the encoding)/, 'odd.csv');
}
