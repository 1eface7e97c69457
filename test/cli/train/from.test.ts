import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../../lib/index.js';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, irisRows, Workspace } from '../samples.js';

let work: Workspace;
let model: string;
const rows = irisRows().map((row, index) => ({ row, index }));
/** Rows with a column of text, of which each kind is in both halves. */
const table = (part: number, extra = ''): string => {
  const own = rows.filter(({ index }) => index % 2 === part).map(({ row }) => row);
  const [header = '', ...lines] = irisCsv(own).trimEnd().split('\n');
  const sites = lines.map((line, index) => `${line},${index % 3 === 0 ? 'north' : 'south'}`);
  return `${[`${header},site`, ...sites].join('\n')}\n${extra}`;
};

beforeAll(async () => {
  work = await Workspace.create();
  await work.write('first.csv', table(0));
  await work.write('second.csv', table(1));
  model = work.path('first.safetensors');
  const words = [
    '--target',
    'species',
    '--hidden',
    '16',
    '--activation',
    'tanh',
    '--epochs',
    '40',
    '--learning-rate',
    '0.01',
  ];
  const trained = await layerwise(['train', work.path('first.csv'), ...words, '--out', model]);
  expect(trained.stderr).not.toContain('error');
});
afterAll(() => work.remove());

const from = (data: string, ...words: string[]) =>
  layerwise(['train', data, '--from', model, ...words]);

describe('train --from', () => {
  test('goes on with the weights, the columns and the scaling of a model', async () => {
    const out = work.path('second.safetensors');
    const { code, stdout } = await from(
      work.path('second.csv'),
      '--epochs',
      '3',
      '--json',
      '--out',
      out,
    );
    expect(code).toBe(0);
    const events = jsonLines(stdout);
    expect(events[0]).toMatchObject({ target: 'species', reason: 'as the model was trained' });
    expect(events.find(({ type }) => type === 'model')).toMatchObject({
      ...{ hidden: [16], activation: { type: 'tanh' } },
    });
    const first = await load(model, 'table');
    const second = await load(out, 'table');
    expect(second.schema).toEqual(first.schema);
    expect(second.members[0].spec).toEqual(first.members[0].spec);
    // Trained weights: a new network has a loss of about ln 3.
    expect(events.find(({ type }) => type === 'epoch')?.loss).toBeLessThan(0.5);
    const scored = await layerwise(['predict', out, work.path('first.csv')]);
    expect(scored.code).toBe(0);
  });

  test('takes rows without a target as they were taken', async () => {
    const data = await work.write('half.csv', table(1, '5,3,1,0.2,,north\n5,3,1,0.2,NA,north\n'));
    const { stdout } = await from(data, '--epochs', '1', '--json');
    expect(jsonLines(stdout)[0]).toMatchObject({ droppedRows: 2 });
  });

  test('takes an autoencoder, and finds its threshold anew', async () => {
    const detector = work.path('detector.safetensors');
    const words = ['--autoencoder', '--ignore', 'species', '--contamination', '0.02'];
    await layerwise([
      'train',
      work.path('first.csv'),
      ...words,
      '--epochs',
      '2',
      '--out',
      detector,
    ]);
    const { code, stdout } = await layerwise([
      ...['train', work.path('second.csv'), '--from', detector, '--ignore', 'species'],
      ...['--epochs', '2', '--json'],
    ]);
    expect(code).toBe(0);
    expect(jsonLines(stdout).find(({ type }) => type === 'detector')).toMatchObject({
      rule: { method: 'contamination', contamination: 0.02 },
    });
  });

  test.each([
    [
      'a class that the model does not have',
      '5,3,1,0.2,tulip,north\n',
      /:77: expected one of the classes of 'species'.*received 'tulip'/,
    ],
    [
      'a text that it has no input for',
      '5,3,1,0.2,setosa,west\n',
      /:77: expected one of the values of column 'site'.*received 'west'.*one input for each text/s,
    ],
    [
      'a field that is no number',
      '5,x,1,0.2,setosa,north\n',
      /:77: expected a finite number .* in column 'sepal width', received 'x'/,
    ],
  ])('refuses %s, with its line', async (_, extra, message) => {
    const data = await work.write('other.csv', table(1, extra));
    const { code, stderr } = await from(data, '--epochs', '1');
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('--unknown');
  });

  test.each([
    ['fewer columns', (csv: string) => csv.replace('site', 'place'), "a file without 'site'"],
    [
      'more columns',
      (csv: string) => csv.replaceAll('\n', ',1\n').replace(',1\n', ',year\n'),
      "a file with 'year' besides.*--ignore year",
    ],
  ])('refuses %s', async (_, changed, message) => {
    const data = await work.write('other.csv', changed(table(1)));
    const { code, stderr } = await from(data);
    expect(code).toBe(2);
    expect(stderr.replaceAll('\n', ' ')).toMatch(new RegExp(message));
  });

  test('takes more columns that it is told to ignore', async () => {
    const csv = table(1).replaceAll('\n', ',1\n').replace(',1\n', ',year\n');
    const data = await work.write('other.csv', csv);
    expect((await from(data, '--epochs', '1', '--ignore', 'year')).code).toBe(0);
    const { stderr } = await from(data, '--epochs', '1', '--ignore', 'year', 'site');
    expect(stderr).toMatch(
      /--ignore: expected columns that the model was not trained on, received 'site'/,
    );
  });

  test.each([
    [['--hidden', '8'], '--hidden is for a new network'],
    [['--no-header'], '--no-header is for a new network'],
    [
      ['--target', 'site'],
      "--target: expected what the model of --from learns: 'species' as classes",
    ],
    [
      ['--task', 'regression'],
      "--task: expected what the model of --from learns: 'species' as classes",
    ],
    [['--autoencoder'], '--autoencoder: expected what the model of --from learns'],
    [['--contamination', '0.1'], '--contamination belongs to --autoencoder'],
    [['--out', 'MODEL'], '--out: expected a file of its own to write to'],
  ])('refuses %j', async (words, message) => {
    const given = words.map((word) => (word === 'MODEL' ? model : word));
    const { code, stderr } = await from(work.path('second.csv'), ...given);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('takes a target that is that of the model', async () => {
    const { code } = await from(work.path('second.csv'), '--target', 'species', '--epochs', '1');
    expect(code).toBe(0);
  });

  test('goes on with images, whose labels it knows', async () => {
    const { images, labels } = await work.writeDigits(300);
    const digits = work.path('digits.safetensors');
    await layerwise(['train', images, '--labels', labels, '--epochs', '1', '--out', digits]);
    const words = ['train', images, '--from', digits, '--labels', labels, '--epochs', '1'];
    expect((await layerwise(words)).code).toBe(0);
    const strange = Buffer.from([
      0,
      0,
      8,
      1,
      0,
      0,
      1,
      44,
      ...Array.from({ length: 300 }, (_, at) => at % 12),
    ]);
    const others = await work.write('others', strange);
    const { stderr } = await layerwise(words.map((word) => (word === labels ? others : word)));
    expect(stderr).toContain('expected labels that the model knows');
    const { stderr: kind } = await layerwise(['train', work.path('first.csv'), '--from', digits]);
    expect(kind).toContain('expected images (IDX), as the model was trained on');
  });

  test('refuses what train has not written', async () => {
    const { code, stderr } = await layerwise([
      ...['train', work.path('first.csv'), '--from', work.path('second.csv')],
    ]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'expected a model that `layerwise train` wrote, received another kind of file',
      ),
    ]);
  });
});
