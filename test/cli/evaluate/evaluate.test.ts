import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, Workspace } from '../samples.js';

let work: Workspace;
let data = '';

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
});

afterAll(() => work.remove());

async function trained(name: string, ...flags: string[]): Promise<string> {
  const out = work.path(`${name}.safetensors`);
  const { code, stderr } = await layerwise([
    'train',
    data,
    '--epochs',
    '30',
    '--out',
    out,
    ...flags,
  ]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return out;
}

describe('evaluate', () => {
  test('reports on each class', async () => {
    const model = await trained('classes', '--target', 'species');
    const { code, stdout } = await layerwise(['evaluate', model, data]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Accuracy 0\.9\d+, log loss/);
    expect(stdout).toMatch(/precision +recall +f1 +support/);
    expect(stdout).toMatch(/setosa +1\.0000 +1\.0000 +1\.0000 +50/);
    expect(stdout).toMatch(/weighted average .* 150/);
    expect(stdout).toMatch(/is, taken for +setosa +versicolor +virginica/);
    const json = await layerwise(['evaluate', model, data, '--json']);
    const [told] = jsonLines(json.stdout);
    expect(told).toMatchObject({ task: 'classification', rows: 150, droppedRows: 0, notices: [] });
    const odd = await work.write('odd.csv', irisCsv().replace('setosa\n', 'setosa,more\n'));
    const skipping = await layerwise(['evaluate', model, odd, '--skip-bad-lines']);
    expect(skipping.stdout).toContain('1 line is left out, as asked for with --skip-bad-lines');
    const piped = await layerwise(['evaluate', model, '-'], { input: irisCsv() });
    expect(piped.stdout.split('\n').slice(1)).toEqual(stdout.split('\n').slice(1));
  });

  test('counts the texts that training did not see', async () => {
    const model = await trained('texts', '--target', 'petal width');
    const odd = await work.write('odd.csv', irisCsv().replace('setosa', 'sibirica'));
    const words = ['evaluate', model, odd, '--unknown', 'ignore'];
    expect((await layerwise(words)).stdout).toContain('Note: 1 text that training did not see,');
    const [told] = jsonLines((await layerwise([...words, '--json'])).stdout);
    expect(told).toMatchObject({ rows: 150, unknownTexts: 1 });
  });

  test('measures numbers in their unit', async () => {
    const model = await trained('numbers', '--target', 'petal width', '--ignore', 'species');
    const { stdout } = await layerwise(['evaluate', model, data, '--json']);
    const [told] = jsonLines(stdout);
    expect(told?.r2).toBeGreaterThan(0.8);
    expect(told?.rootMeanSquaredError).toBeLessThan(0.4);
  });

  test('tells how many rows lie within the intervals that predict gives', async () => {
    const flags = ['--target', 'petal width', '--ignore', 'species', '--intervals', '80%'];
    const model = await trained('intervals', ...flags);
    const [told] = jsonLines((await layerwise(['evaluate', model, data, '--json'])).stdout);
    const { coverage } = (told as { readonly intervals: { readonly coverage: number } }).intervals;
    expect(coverage).toBeGreaterThanOrEqual(0.8);
    const { stdout } = await layerwise(['evaluate', model, data]);
    expect(stdout).toContain(`Intervals: ${(100 * coverage).toFixed(1)} % of the rows lie within`);
    const [header, ...lines] = (await layerwise(['predict', model, data])).stdout
      .trim()
      .split('\n');
    const names = header?.split(',') ?? [];
    expect(names.slice(-3)).toEqual(['prediction', 'lower', 'upper']);
    const within = lines.filter((line) => {
      const values = line.split(',').map(Number);
      const [lower = 0, upper = 0] = values.slice(-2);
      const truth = values[names.indexOf('petal width')] ?? 0;
      return lower <= truth && truth <= upper;
    });
    expect(within.length / lines.length).toBeCloseTo(coverage, 1);
    const refused = await layerwise(['train', data, '--target', 'species', '--intervals', '0.9']);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--intervals:') });
  });

  test('tells how an autoencoder finds what a column says', async () => {
    const lines = irisCsv().trimEnd().split('\n');
    const labelled = lines.map((line, row) => {
      if (row === 0) return `${line},fault`;
      return row % 10 === 0
        ? `${line.replace(/^[\d.]+/, '40')},stuck`
        : `${line},${row % 2 ? 'ok' : ''}`;
    });
    const file = await work.write('labelled.csv', `${labelled.join('\n')}\n`);
    const model = await trained('detector', '--autoencoder', '--contamination', '0.02');
    const words = ['evaluate', model, file, '--labels-column', 'fault'];
    const [told] = jsonLines((await layerwise([...words, '--json'])).stdout);
    expect(told).toMatchObject({ task: 'autoencoding', found: { wrong: 15, recall: 1 } });
    expect((await layerwise(words)).stdout).toMatch(/ROC AUC 1\.0000/);
    const refused = await layerwise(['evaluate', model, file, '--labels-column', 'faults']);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('--labels-column');
  });

  test('refuses what it cannot measure', async () => {
    const model = await trained('again', '--target', 'species');
    const bare = await work.write('bare.csv', irisCsv().replace('species', 'kind'));
    expect((await layerwise(['evaluate', model, bare])).stderr).toContain("the column 'species'");
    const foreign = await work.write('foreign.csv', irisCsv().replace(/setosa/g, 'rosea'));
    const { code, stderr } = await layerwise(['evaluate', model, foreign]);
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(
      /foreign.csv:2: expected one of the classes of 'species'/,
    );
    expect((await layerwise(['evaluate', data, data])).code).toBe(2);
  });
});

describe('rows for validation', () => {
  const validated = async (...flags: string[]) => {
    const words = ['train', data, '--target', 'species', '--epochs', '2', '--json', ...flags];
    const { stdout, code } = await layerwise(words);
    expect(code).toBe(0);
    const events = jsonLines(stdout);
    const epoch = events.find(({ type }) => type === 'epoch');
    expect(epoch?.validation).toMatchObject({ loss: expect.any(Number) });
    const { rows, validationRows } = events.find(({ type }) => type === 'data') ?? {};
    return [Number(rows), Number(validationRows)];
  };

  test('are the last, those of a file, or whole groups', async () => {
    const other = await work.write('other.csv', irisCsv());
    expect(await validated('--validation-last', '20')).toEqual([130, 20]);
    expect(await validated('--validation-file', other)).toEqual([150, 150]);
    const [rows = 0, held = 0] = await validated('--validation-groups', 'petal width');
    expect(rows + held).toBe(150);
    expect(held).toBeGreaterThan(5);
  });

  test('are chosen in one way', async () => {
    const words = ['train', data, '--target', 'species', '--validation-last', '5'];
    const two = await layerwise([...words, '--validation-groups', 'petal width']);
    expect([two.code, two.stderr]).toEqual([2, expect.stringContaining('give one of')]);
    const all = await layerwise(['train', data, '--target', 'species', '--validation-last', '150']);
    expect([all.code, all.stderr]).toEqual([2, expect.stringContaining('--validation-last')]);
  });
});
