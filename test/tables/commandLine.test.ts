import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../lib/index.js';
import { type TableRow, tableModel } from '../../lib/tables/index.js';
import { layerwise } from '../cli/process.js';
import { irisCsv, irisRows, Workspace } from '../cli/samples.js';

/** What the command line trains, programs serve; and the other way round. */

let work: Workspace;
let data = '';

const rows: TableRow[] = irisRows().map(({ values: [sepal, , petal, width], species }, row) => ({
  'sepal length': sepal,
  petal: row % 7 === 0 ? null : petal,
  width,
  species,
}));
const csv = () => {
  const lines = rows.map((row) =>
    Object.values(row)
      .map((value) => value ?? '')
      .join(','),
  );
  return `sepal length,petal,width,species\n${lines.join('\n')}\n`;
};

beforeAll(async () => {
  work = await Workspace.create();
  await work.write('iris.csv', irisCsv());
  data = await work.write('table.csv', csv());
});

afterAll(() => work.remove());

/** The records that `predict` has written, by the names of their columns. */
async function predicted(model: string): Promise<Record<string, string>[]> {
  const { stdout, code } = await layerwise(['predict', model, data]);
  expect(code).toBe(0);
  const [header = [], ...records] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return records.map((record) =>
    Object.fromEntries(header.map((name, at) => [name, record[at] ?? ''])),
  );
}

async function compare(file: string): Promise<void> {
  const model = await load(file, 'table');
  const expected = await predicted(file);
  const together = [...(await model.predict(rows))];
  for (const [row, record] of expected.entries()) {
    for (const own of [model.predictSync(rows[row] as TableRow), together[row]]) {
      if (typeof own?.prediction === 'string') expect(own.prediction).toBe(record.prediction);
      else {
        const score = record.anomaly_score ?? record.reconstruction_error;
        const number = Number(record.prediction ?? score);
        expect(Math.abs(Number(own?.prediction) - number)).toBeLessThan(1e-6 * Math.max(1, number));
      }
      for (const [name, share] of Object.entries(own?.probabilities ?? {})) {
        expect(Math.abs(share - Number(record[`probability_${name}`]))).toBeLessThan(1e-6);
      }
      if (own?.anomaly !== undefined) expect(Number(own.anomaly)).toBe(Number(record.anomaly));
    }
  }
}

test.each(['species', 'width'])('both train the same network of RealMLP: %s', async (target) => {
  const out = work.path(`tabular-${target}.safetensors`);
  const flags = ['--network', 'tabular', '--hidden', '16', '--members', '2', '--epochs', '5'];
  const { code, stdout } = await layerwise([
    'train',
    data,
    '--target',
    target,
    '--out',
    out,
    ...flags,
  ]);
  expect(code).toBe(0);
  const [activation, end] = target === 'width' ? ['mish', '1 linear'] : ['selu', '3 softmax'];
  expect(stdout).toContain(` - scaling - 16 ${activation} - ${end}`);
  expect(stdout).toContain('by the schedule cosineLog');
  const model = tableModel({ target, network: 'tabular', hidden: [16], members: 2 });
  await model.fit(data, { epochs: 5 });
  const trained = await load(out, 'table');
  expect(trained.schema).toEqual(model.schema);
  expect([...(await trained.predict(rows))]).toEqual([...(await model.predict(rows))]);
});

test('the network of RealMLP has its own activation, and a target', async () => {
  const tabular = ['train', data, '--network', 'tabular'];
  for (const [flag, ...words] of [
    ['--activation', 'tanh', '--target', 'width'],
    ['--dropout', '0.1', '--target', 'width'],
    ['--autoencoder'],
  ]) {
    const { code, stderr } = await layerwise([...tabular, flag ?? '', ...words]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`leave ${flag} out`),
    });
  }
});

describe('predictions of a program are those of the command line', () => {
  test.each([
    ['classes', ['--target', 'species']],
    ['numbers', ['--target', 'width']],
    ['autoencoder', ['--autoencoder', '--code', '2', '--contamination', '0.02']],
  ])('for a model of the command line: %s', async (name, flags) => {
    const out = work.path(`${name}.safetensors`);
    const { code, stderr } = await layerwise([
      'train',
      data,
      '--epochs',
      '5',
      '--out',
      out,
      ...flags,
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    await compare(out);
  });

  test.each([
    ['classes', { target: 'species' }],
    ['numbers', { target: 'width' }],
    ['autoencoder', { autoencoder: true, code: 2 }],
  ])('for a model of the program: %s', async (name, options) => {
    const out = work.path(`own-${name}.safetensors`);
    const model = tableModel(options);
    await model.fit(data, { epochs: 5 });
    await model.save(out);
    await compare(out);
    const inspected = await layerwise(['inspect', out]);
    expect(inspected.code).toBe(0);
    expect(inspected.stdout).toContain('sepal length');
  });
});
