import { readdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../../lib/index.js';
import { makeFifo } from '../../io/surroundings.js';
import { jsonLines, layerwise } from '../process.js';
import { irisCsv, irisRows, Workspace } from '../samples.js';

/** From a real CSV to a model and back, by the built command. */

let work: Workspace;
let data: string;
let model: string;

beforeAll(async () => {
  work = await Workspace.create();
  data = await work.write('iris.csv', irisCsv());
  model = work.path('iris.safetensors');
  const { code, stderr } = await layerwise(['train', data, '--target', 'species', '--out', model]);
  expect(stderr).toMatch(/^Network 1 of 5\nepoch 100\/100 /);
  expect(code).toBe(0);
});
afterAll(() => work.remove());

function recordsOf(csv: string): string[][] {
  return csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
}

describe('a classifier', () => {
  test('says what it does and why', async () => {
    const { code, stdout, stderr } = await layerwise([
      'train',
      data,
      '--target',
      'species',
      '--epochs',
      '2',
      ...['--members', '1'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('150 rows (135 train, 15 validate), 4 inputs');
    expect(stdout).toContain(
      "Task: classification of 'species' into 3 classes: setosa, versicolor, virginica ('species' holds text)",
    );
    expect(stdout).toContain('Network: 4 - 128 relu - 64 relu - 3 softmax, 9,091 parameters');
    expect(stdout).toContain(
      'Training: 2 epochs in batches of 32, adamW with a learning rate of 0.001 and a decay of 1, seed 0',
    );
    expect(stdout).toContain('Note: The model will not be saved: give --out to keep it.');
    expect(stdout).toMatch(/Trained 2 epochs in .* rows\/s/);
    expect(stdout).toMatch(/On the rows kept for validation: loss [\d.]+, accuracy [\d.]+ %/);
    const lines = stderr.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^epoch 1\/2 {2}loss [\d.]+ {2}accuracy .* validation loss /);
    expect(lines.at(-1)).toMatch(/^epoch 2\/2 /);
    for (const control of ['\r', '\u001b']) expect(stdout + stderr).not.toContain(control);
  });

  test('warns when the loss does not fall', async () => {
    const words = ['--target', 'species', '--epochs', '6', '--members', '1'];
    const idle = ['train', data, ...words, '--learning-rate', '1e-9'];
    const { code, stderr } = await layerwise(idle);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^Warning: loss: it has not fallen in 5 epochs: .* Try another --learning-rate/m,
    );
    const { stdout } = await layerwise([...idle, '--json']);
    const warnings = jsonLines(stdout).filter(({ type }) => type === 'warning');
    expect(warnings).toMatchObject([{ code: 'lossNotFalling', path: 'loss', epoch: 5 }]);
  });

  test('predicts classes with their probabilities behind the original columns', async () => {
    const out = work.path('scored.csv');
    const { code, stdout, stderr } = await layerwise(['predict', model, data, '--out', out]);
    expect([code, stdout, stderr]).toEqual([0, '', `Scored 150 rows into ${out}.\n`]);
    const [header, ...records] = recordsOf(await readFile(out, 'utf8'));
    expect(header).toEqual([
      ...(irisCsv().split('\n')[0] ?? '').split(','),
      ...['prediction', 'probability_setosa', 'probability_versicolor', 'probability_virginica'],
    ]);
    expect(records.map((record) => record.slice(0, 5))).toEqual(recordsOf(irisCsv()).slice(1));
    const right = records.filter((record) => record[4] === record[5]);
    expect(right.length).toBeGreaterThanOrEqual(143);
    for (const record of records) {
      const sum = record.slice(6).reduce((total, field) => total + Number(field), 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  test('writes the same to standard output, from standard input, and from gzip', async () => {
    const plain = await layerwise(['predict', model, data]);
    expect(plain.stderr).toBe('Scored 150 rows.\n');
    const piped = await layerwise(['predict', model, '-'], { input: irisCsv() });
    const packed = await layerwise([
      'predict',
      model,
      await work.write('iris.gz', gzipSync(irisCsv())),
    ]);
    expect(piped.stdout).toBe(plain.stdout);
    expect(packed.stdout).toBe(plain.stdout);
  });

  test('finds its columns in any order, among others, without the target', async () => {
    const rows = irisRows().slice(0, 5);
    const lines = rows.map(({ values: [a, b, c, d] }, id) => `${id};${d};"x;""y""";${a};${c};${b}`);
    const text = `id;petal width;note;sepal length;petal length;sepal width\n${lines.join('\n')}\n`;
    const { code, stdout } = await layerwise([
      'predict',
      model,
      await work.write('other.csv', text),
    ]);
    expect(code).toBe(0);
    const records = stdout.trimEnd().split('\n');
    expect(records[0]).toMatch(/^id;petal width;.*;sepal width;prediction;probability_setosa;/);
    records.slice(1).forEach((record, row) => {
      expect(record).toContain(`${lines[row]};setosa;`);
    });
  });

  test.skipIf(process.platform === 'win32')('reads from a pipe that has a name', async () => {
    const fifo = work.path('fifo');
    makeFifo(fifo);
    const [piped, plain] = await Promise.all([
      layerwise(['predict', model, fifo]),
      layerwise(['predict', model, data]),
      writeFile(fifo, irisCsv()),
    ]);
    expect(piped).toMatchObject({ code: 0, stdout: plain.stdout });
  });

  test('is scored a second time under other names', async () => {
    const once = await layerwise(['predict', model, '-'], { input: irisCsv() });
    const twice = await layerwise(['predict', model, '-'], { input: once.stdout });
    const header = recordsOf(twice.stdout)[0] ?? [];
    expect(header.slice(5, 7)).toEqual(['prediction', 'probability_setosa']);
    expect(header.slice(9, 11)).toEqual(['prediction_2', 'probability_setosa_2']);
  });

  test('gives the same file from the same seed with any number of threads', async () => {
    const files = [];
    for (const [threads, seed] of [
      ['1', '7'],
      ['2', '7'],
      ['2', '8'],
    ] as const) {
      const out = work.path(`seed-${threads}-${seed}.safetensors`);
      const words = ['--epochs', '3', '--threads', threads, '--seed', seed, '--out', out];
      const { code } = await layerwise(['train', data, '--target', 'species', ...words]);
      expect(code).toBe(0);
      files.push(await readFile(out));
    }
    expect(files[0]?.equals(files[1] as Buffer)).toBe(true);
    expect(files[0]?.equals(files[2] as Buffer)).toBe(false);
  });

  test('tells machines everything, one object a line', async () => {
    const out = work.path('json.safetensors');
    const one = ['--target', 'species', '--epochs', '3', '--members', '1'];
    const words = [...one, '--out', out, '--json'];
    const { code, stdout, stderr } = await layerwise(['train', data, ...words]);
    expect([code, stderr]).toEqual([0, '']);
    const events = jsonLines(stdout);
    const ofType = (type: string) => events.filter((event) => event.type === type);
    expect(events[0]).toMatchObject({
      type: 'data',
      task: 'classification',
      target: 'species',
      classes: ['setosa', 'versicolor', 'virginica'],
      rows: 135,
      validationRows: 15,
      inputs: 4,
    });
    expect(events[1]).toMatchObject({
      type: 'model',
      hidden: [128, 64],
      parameters: 9091,
      epochs: 3,
    });
    expect(ofType('epoch').map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(ofType('epoch')[2]).toMatchObject({
      epochs: 3,
      metrics: { accuracy: expect.any(Number) },
      validation: { loss: expect.any(Number), metrics: { accuracy: expect.any(Number) } },
    });
    expect(ofType('done')).toMatchObject([{ stopReason: 'completed', epochs: 3 }]);
    expect(events.at(-1)).toMatchObject({ type: 'saved', path: out, bytes: expect.any(Number) });
  });

  test('measures other metrics, goes by one of them, and tells what its layers do', async () => {
    const words =
      '--epochs 40 --metric f1 logLoss --monitor validation.f1 --patience 2 --statistics';
    const { code, stdout, stderr } = await layerwise([
      ...['train', data, '--target', 'species'],
      ...words.split(' '),
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Layers after epoch 1, over 135 rows:\n {2}layer {6}type /m);
    expect(stderr).toMatch(/^ {2}layers\[2\] {2}dense .* - .*$/m);
    expect(stderr).toMatch(/validation accuracy .* validation f1 [\d.]+ {2}validation logLoss /);
    // The best epoch came long before the last one.
    expect(stdout).toMatch(/^Trained \d+ epochs in .*\nNothing was better than epoch \d+/m);
    expect(stdout).toMatch(/accuracy [\d.]+ %, f1 [\d.]+, logLoss [\d.]+/);
    const unfit = await layerwise(['train', data, '--target', 'petal width', '--metric', 'f1']);
    expect(unfit.code).toBe(2);
    expect(unfit.stderr).toContain('a metric of numbers');
  });

  test('builds autoencoders with tied weights, and contractive ones', async () => {
    const words = ['--autoencoder', '--ignore', 'species', '--hidden', 'none', '--code', '2'];
    const parametersOf = async (...more: string[]) => {
      const { stdout } = await layerwise(['train', data, ...words, '--epochs', '1', ...more]);
      return /, (\d+) parameters/.exec(stdout)?.[1];
    };
    // Four columns and two units: two matrices of 8 weights with their biases, or one of them.
    expect(await parametersOf('--contractive', '0.1')).toBe('22');
    expect(await parametersOf('--tied', '--metric', 'r2')).toBe('14');
  });

  test('can be inspected', async () => {
    const { code, stdout } = await layerwise(['inspect', model]);
    expect(code).toBe(0);
    expect(stdout).toContain('sequential, 5 that predict together');
    expect(stdout).toMatch(/petal width +number, mean 1\.199, deviation 0\.7\d+/);
    expect(stdout).toMatch(/species +target, classes: setosa, versicolor, virginica/);
    expect(stdout).toMatch(/file +iris\.csv/);
    expect(stdout).toMatch(/validation rows +0/);
    expect(stdout).toMatch(/out of fold +\{"rows":150,/);
    expect(stdout).toMatch(/ validation loss +\d+(\.\d{1,6})?$/m);
    const json = JSON.parse((await layerwise(['inspect', model, '--json'])).stdout);
    expect(json).toMatchObject({ kind: 'table', schema: { kind: 'table' } });
    expect(json.members).toHaveLength(5);
  });
});

describe('a regressor', () => {
  test('predicts in the units of its target', async () => {
    const out = work.path('width.safetensors');
    const words = ['--target', 'petal width', '--epochs', '60', '--out', out];
    const trained = await layerwise(['train', data, ...words]);
    expect(trained.code).toBe(0);
    expect(trained.stdout).toContain(
      "Task: regression of 'petal width' ('petal width' holds numbers that are not all whole)",
    );
    expect(trained.stdout).toContain('6 inputs from 3 columns of numbers and 1 of text');
    expect(trained.stdout).toMatch(/typical error 0\.\d+ .*'petal width' itself varies by 0\.7/);
    const { stdout } = await layerwise(['predict', out, data]);
    const [header, ...records] = recordsOf(stdout);
    expect(header?.at(-1)).toBe('prediction');
    const errors = records.map((record) => Math.abs(Number(record[3]) - Number(record[5])));
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(mean).toBeLessThan(0.2);
  });
});

describe('an autoencoder', () => {
  test('gives the error of each row, and the column that fails most', async () => {
    const out = work.path('anomalies.safetensors');
    const words = ['--autoencoder', '--code', '2', '--epochs', '100', '--out', out];
    const trained = await layerwise(['train', data, ...words]);
    expect(trained.code).toBe(0);
    expect(trained.stdout).toContain('Task: autoencoder');
    expect(trained.stdout).toContain('Network: 7 - 128 relu - code 2 - 128 relu - 7');
    // The petal of a virginica on a setosa: each value is common, but not beside the others.
    const odd = '5,3.5,6,0.2,setosa';
    const { stdout } = await layerwise(['predict', out, '-'], { input: `${irisCsv()}${odd}\n` });
    const [header, ...records] = recordsOf(stdout);
    expect(header?.slice(-2)).toEqual(['reconstruction_error', 'worst_column']);
    const errors = records.map((record) => Number(record[5]));
    expect(Math.max(...errors.slice(0, -1))).toBeLessThan((errors.at(-1) ?? 0) / 2);
    expect(records.at(-1)?.at(-1)).toBe('petal length');
  });

  test('learns to find anomalies where nobody says how it is to learn', async () => {
    const out = work.path('defaults.safetensors');
    const words = ['train', data, '--autoencoder', '--epochs', '2'];
    const usual = await layerwise([...words, '--out', out]);
    expect(usual.stdout).toContain('Network: 7 - 128 relu - code 5 - 128 relu - 7');
    expect(usual.stdout).toContain(
      'adamW with a learning rate of 0.001 and a decay of 1, noise swap:0.2, seed 0',
    );
    expect(usual.stdout).toContain('Loss: huber of the inputs, in standard deviations of each');
    const model = await load(out, 'autoencoder');
    expect(model.spec.layers[0]).toMatchObject({ type: 'swapNoise', rate: 0.2 });
    const plain = ['--noise', 'none', '--loss', 'meanSquaredError', '--optimizer', 'adam'];
    const chosen = await layerwise([...words, ...plain, '--out', out]);
    expect(chosen.stdout).toContain('adam with a learning rate of 0.001, seed 0');
    expect(chosen.stdout).toContain('Loss: mean squared error of the inputs');
    expect((await load(out, 'autoencoder')).spec.layers[0]).toMatchObject({ type: 'dense' });
    const { stdout } = await layerwise([...words, '--json']);
    expect(jsonLines(stdout).find(({ type }) => type === 'model')).toMatchObject({
      optimizer: { type: 'adamW', weightDecay: 1 },
      loss: { type: 'huber', delta: 1 },
      noise: { type: 'swapNoise', rate: 0.2 },
    });
  });

  test('tells anomalies by the threshold that it was trained to set', async () => {
    const out = work.path('detector.safetensors');
    const words = ['--autoencoder', '--code', '2', '--contamination', '2%', '--out', out];
    const trained = await layerwise(['train', data, ...words]);
    expect(trained.stdout).toMatch(
      /Threshold: a row whose score is above \S+ is an anomaly \(contamination 0.02, from 150 rows\)/,
    );
    const { stdout } = await layerwise(['predict', out, data]);
    const [header, ...records] = recordsOf(stdout);
    expect(header?.slice(-6)).toEqual([
      'reconstruction_error',
      ...['worst_column', 'worst_value', 'expected_value', 'anomaly_score', 'anomaly'],
    ]);
    expect(records.filter((record) => record.at(-1) === '1')).toHaveLength(3);
    const model = await load(out, 'autoencoder');
    expect(model.columns.at(-1)).toEqual({ name: 'species', inputs: 3 });
    expect((await layerwise(['inspect', out])).stdout).toContain('Threshold: ');
    const inspected = await layerwise(['inspect', out, '--json']);
    expect(JSON.parse(inspected.stdout).detector).toEqual({ ...model.anomalyDetector });
    const odd = '5.1,3.5,6.4,0.2,setosa';
    const scored = await layerwise(['predict', out, '-'], { input: `${irisCsv()}${odd}\n` });
    const [column, value, expected, score, anomaly] =
      recordsOf(scored.stdout).at(-1)?.slice(-5) ?? [];
    expect([column, value, anomaly]).toEqual(['petal length', '6.4', '1']);
    expect(Number(expected)).toBeLessThan(4);
    const threshold = model.anomalyDetector?.threshold as number;
    expect(Number(score)).toBeGreaterThan(threshold);
  });
});

describe('data that cannot be used', () => {
  test.each<[string, string[], string]>([
    [
      'an absent file',
      ['absent.csv', '--target', 'y'],
      'absent.csv: expected a file that can be read, received no such file.',
    ],
    [
      'no target',
      ['iris.csv'],
      'name the column to predict with --target (sepal length, sepal width, petal length, petal width or species), or give --autoencoder',
    ],
    ['a misspelt target', ['iris.csv', '--target', 'specis'], "Did you mean 'species'?"],
    ['labels for a table', ['iris.csv', '--labels', 'iris.csv'], '--labels is for images'],
    [
      'an output folder that is absent',
      ['iris.csv', '--target', 'species', '--out', 'no/model'],
      'model: expected a file that can be written, received a name in a folder that does not exist',
    ],
    [
      'an output that is the data',
      ['iris.csv', '--target', 'species', '--out', 'iris.csv'],
      "iris.csv', which is read",
    ],
    [
      'a batch larger than the data',
      ['iris.csv', '--target', 'species', '--batch-size', '136'],
      '--batch-size: expected at most the 120 rows',
    ],
  ])('ends with the code 2: %s', async (_, words, message) => {
    const absolute = words.map((word) => (/\.csv$|^no\//.test(word) ? work.path(word) : word));
    const { code, stderr } = await layerwise(['train', ...absolute]);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: /);
    expect(code).toBe(2);
  });

  test('is an object for machines as well', async () => {
    const { code, stdout } = await layerwise(['train', data, '--target', 'specis', '--json']);
    expect(code).toBe(2);
    expect(jsonLines(stdout)).toMatchObject([
      { type: 'error', name: 'ArgumentError', path: '--target', exitCode: 2 },
    ]);
  });

  test('leaves the older output of predict as it was, and nothing behind', async () => {
    const folder = await Workspace.create();
    try {
      const out = await folder.write('scored.csv', 'older');
      const broken = await folder.write('broken.csv', `${irisCsv()}1,2,x,4,setosa\n`);
      const { code, stderr } = await layerwise(['predict', model, broken, '--out', out]);
      expect(code).toBe(2);
      expect(stderr).toContain(`${broken}:152: expected a finite number`);
      expect(stderr).toContain("in column 'petal length', received 'x'");
      expect(await readFile(out, 'utf8')).toBe('older');
      expect((await readdir(folder.folder)).sort()).toEqual(['broken.csv', 'scored.csv']);
    } finally {
      await folder.remove();
    }
  });

  test('names columns that a new file lacks', async () => {
    const input = irisCsv().replace('petal width', 'petal widht');
    const { code, stderr } = await layerwise(['predict', model, '-'], { input });
    expect(code).toBe(2);
    expect(stderr).toContain(
      "standard input: expected the columns that the model was trained on, received a file without 'petal width'",
    );
    expect(stderr).toContain("Did you mean 'petal widht'?");
  });

  test('has values that training did not see: an error, or zeros and a count', async () => {
    const table = [
      'size,city,y',
      ...Array.from({ length: 40 }, (_, i) => `${i},${i % 2 ? 'Rome' : 'Paris'},${i % 2}`),
    ];
    const train = await work.write('cities.csv', table.join('\n'));
    const out = work.path('cities.safetensors');
    expect(
      (await layerwise(['train', train, '--target', 'y', '--epochs', '2', '--out', out])).code,
    ).toBe(0);
    const input = 'city,size\nRome,1\nOslo,2\nParis,\n';
    const refused = await layerwise(['predict', out, '-'], { input });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      "standard input:3: expected one of the values of column 'city' known from training ('Paris', 'Rome'), received 'Oslo'.",
    );
    const scored = work.path('cities-scored.csv');
    const words = ['--unknown', 'ignore', '--out', scored, '--json'];
    const ignored = await layerwise(['predict', out, '-', ...words], { input });
    expect(ignored.code).toBe(0);
    expect(jsonLines(ignored.stdout)).toEqual([
      { type: 'scored', rows: 3, unknown: 1, missing: 1, notices: [], path: scored },
    ]);
  });

  test('comes before the model', async () => {
    const { code, stderr } = await layerwise(['predict', data, model]);
    expect(code).toBe(2);
    expect(stderr).toContain('iris.csv: expected a model that `layerwise train` wrote');
    expect(stderr).toContain('the model comes first, then the data');
  });

  test('is to be inspected', async () => {
    const { code, stderr } = await layerwise(['inspect', data]);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'iris.csv: expected a model, a run, rows of `layerwise convert`, or an IDX file, received another kind',
    );
    expect(stderr).not.toContain('predict');
  });

  test('is a model that is absent', async () => {
    const { code, stderr } = await layerwise(['predict', work.path('absent'), data]);
    expect(code).toBe(2);
    expect(stderr).toContain('expected a file that can be read, received no such file.');
  });

  test.skipIf(process.platform === 'win32')('is a pipe or a device', async () => {
    const read = await layerwise(['train', '/dev/null', '--target', 'y']);
    expect([read.code, read.stderr]).toEqual([2, expect.stringContaining('an ordinary file')]);
    const write = await layerwise(['predict', model, data, '--out', '/dev/null']);
    expect([write.code, write.stderr]).toEqual([
      2,
      expect.stringContaining(
        '--out /dev/null: expected a file that can be written, received a device',
      ),
    ]);
  });

  test('makes the training diverge: the code 1, and nothing is saved', async () => {
    const out = work.path('diverged.safetensors');
    const words = ['--target', 'petal width', '--optimizer', 'sgd', '--learning-rate', '1e9'];
    const { code, stderr } = await layerwise(['train', data, ...words, '--out', out]);
    expect(code).toBe(1);
    expect(stderr).toContain('Try a smaller --learning-rate.');
    expect(await readdir(work.folder)).not.toContain('diverged.safetensors');
  });
});
