import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsIn, hyperParametersOf, scalarsIn } from '../../logs/eventReader.js';
import { layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
let data: string;

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
});
afterAll(() => work.remove());

const tagsIn = (folder: string) =>
  new Set(eventsIn(work.path(folder)).flatMap(({ values }) => values.map(({ tag }) => tag)));

/** What the plugin HParams finds in a folder. */
function parametersIn(folder: string): Record<string, string | number | boolean> {
  const values = eventsIn(work.path(folder)).flatMap((event) => event.values);
  const start = values.find(({ tag }) => tag === '_hparams_/session_start_info');
  return hyperParametersOf(start?.content ?? Buffer.alloc(0));
}

describe('what train writes of its training', () => {
  test('is a table for --csv-log, and event files for --tensorboard', async () => {
    const finished = await layerwise([
      ...['train', data, '--target', 'species', '--epochs', '3', '--members', '1'],
      ...['--tensorboard', work.path('logs/first'), '--csv-log', work.path('epochs.csv')],
    ]);
    expect(finished).toMatchObject({ code: 0 });
    const lines = (await readFile(work.path('epochs.csv'), 'utf8')).split('\n');
    expect(lines.map((line) => line.split(',')[0])).toEqual(['epoch', '1', '2', '3', '']);
    expect(lines[0]).toMatch(/^epoch,loss,accuracy,validation\.loss,validation\.accuracy,/);
    const losses = lines.slice(1, -1).map((line) => Math.fround(Number(line.split(',')[1])));
    expect([...scalarsIn(work.path('logs/first/train'), 'loss').values()]).toEqual(losses);
    expect(tagsIn('logs/first/train')).toContain('parameters/0.weight');
    expect(tagsIn('logs/first/train')).toContain('activations/layers[0]');
  });

  test('ends the command where it cannot be written, before the data is read', async () => {
    const folder = await layerwise(['train', 'nowhere.csv', '--tensorboard', data]);
    expect(folder).toMatchObject({ code: 2, stdout: '' });
    expect(folder.stderr).toContain(
      `--tensorboard ${data}: expected a folder that can be written to, or be made, received a file`,
    );
    const table = await layerwise(['train', data, '--csv-log', data]);
    expect(table).toMatchObject({ code: 2, stdout: '' });
    expect(table.stderr).toContain('which is read as data');
  });

  test('does not take the place of a table of something else', async () => {
    const other = await work.write('other.csv', 'a,b\n');
    const finished = await layerwise(['train', data, '--target', 'species', '--csv-log', other]);
    expect(finished).toMatchObject({ code: 2 });
    expect(finished.stderr).toContain("received a file that begins with 'a,b'");
    expect(await readFile(other, 'utf8')).toBe('a,b\n');
  });
});

describe('what search writes for --tensorboard', () => {
  const search = (...words: string[]) =>
    layerwise(['search', data, '--target', 'species', '--trials', '2', '--epochs', '2', ...words]);

  test('is a folder for each trial with what it tried, and one for the last training', async () => {
    const finished = await search('--pruner', 'none', '--tensorboard', work.path('search'));
    expect(finished).toMatchObject({ code: 0 });
    expect((await readdir(work.path('search'))).sort()).toEqual(['best', 'trial-0', 'trial-1']);
    const [first, second] = [parametersIn('search/trial-0'), parametersIn('search/trial-1')];
    expect(first).toMatchObject({ units: expect.any(Number), activation: expect.any(String) });
    expect(second).not.toEqual(first);
    expect([...scalarsIn(work.path('search/trial-1/validation'), 'loss').keys()]).toEqual([1, 2]);
    expect(scalarsIn(work.path('search/best/train'), 'loss').size).toBeGreaterThan(0);
  });

  test('has a folder for each fold', async () => {
    const words = ['--folds', '2', '--parallel', '1', '--tensorboard', work.path('folds')];
    expect(await search(...words)).toMatchObject({ code: 0 });
    expect((await readdir(work.path('folds/trial-0'))).sort()).toEqual(['fold-1', 'fold-2']);
    expect(scalarsIn(work.path('folds/trial-0/fold-2/train'), 'loss').size).toBe(2);
  });
});
