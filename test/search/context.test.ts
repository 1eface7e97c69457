import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  float,
  openStudy,
  readStudy,
  Study,
  type StudyEvent,
  search,
} from '../../lib/search/index.js';

const space = { x: float(-1, 1) };
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layerwise-'));
  path = join(folder, 'study.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const objective = ({ values }: { values: { x: number } }) => values.x ** 2;
const run = (context?: { [name: string]: string | number }, trials = 1) =>
  search({ space, objective, journal: path, trials, parallel: 1, context });

describe('the context of a study', () => {
  test('is in the journal before its trials, and in no other way in the study', async () => {
    const { context } = await run({ target: 'price', epochs: 5 });
    expect(context).toEqual({ target: 'price', epochs: 5 });
    const [, line] = readFileSync(path, 'utf8').split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ type: 'described', context });
    expect((await readStudy(path)).context).toEqual(context);
    expect((await readStudy(path)).trials).toHaveLength(1);
  });

  test('is refused where it is another, with the place', async () => {
    await run({ target: 'price', epochs: 5 });
    const before = readFileSync(path, 'utf8');
    await expect(run({ target: 'rent', epochs: 5 })).rejects.toThrow(
      `context.target: expected "price", as in ${path}, received "rent". Name another file`,
    );
    await expect(run({ target: 'price' })).rejects.toThrow(
      'context: expected the names target, epochs',
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
    // The same again, and none at all, go on; nothing is written twice.
    await run({ target: 'price', epochs: 5 }, 2);
    await run(undefined, 3);
    expect(readFileSync(path, 'utf8').split('"described"')).toHaveLength(2);
  });

  test('is taken down for a journal that has none', async () => {
    await run();
    expect((await readStudy(path)).context).toBeNull();
    await run({ rows: 3 }, 2);
    await expect(run({ rows: 4 }, 2)).rejects.toThrow('context.rows: expected 3');
  });

  test('is replaced by whoever knows better', async () => {
    await run({ rows: 3 });
    const study = await openStudy(path, { space });
    study.setContext({ rows: 4 });
    study.close();
    await run({ rows: 4 }, 2);
    expect((await readStudy(path)).context).toEqual({ rows: 4 });
  });

  test('is an event, a copy that does not change', () => {
    const events: StudyEvent[] = [];
    const study = new Study({ space, onEvent: (event) => events.push(event), now: () => 3 });
    const context = { rows: [1] };
    study.setContext(context);
    context.rows.push(2);
    expect(events).toEqual([{ type: 'described', context: { rows: [1] }, at: 3 }]);
    expect(study.context).toEqual({ rows: [1] });
    expect(new Study({ space, events }).context).toEqual({ rows: [1] });
  });

  test('has to be JSON, and leaves no file behind when it is not', async () => {
    const wrong = { rows: Number.NaN };
    await expect(run(wrong)).rejects.toThrow('context.rows: expected');
    expect(existsSync(path)).toBe(false);
    expect(() => new Study({ space }).setContext(wrong)).toThrow('context.rows: expected');
    await expect(openStudy(path, { space, context: [] as never })).rejects.toThrow(
      'context: expected an object',
    );
  });
});
