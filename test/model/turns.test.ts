import { expect, test } from 'vitest';
import { Turns } from '../../lib/model/turns.js';

test('work is done one after another, in the order in which it came, also after a failure', async () => {
  const turns = new Turns();
  const events: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      events.push(`${name} begins`);
      await new Promise(setImmediate);
      events.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    turns.take(work('first')),
    turns.take(work('second', true)),
    turns.take(work('third')),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(events).toEqual(
    ['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

test('work that comes when all is done begins as well', async () => {
  const turns = new Turns();
  expect(await turns.take(async () => 1)).toBe(1);
  expect(await turns.take(async () => 2)).toBe(2);
});
