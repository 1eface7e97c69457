import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activation, batchNorm, dense, matrix, sequential } from '../../lib/index.js';
import { clusters, randomNumbers } from './data.js';

describe('predict', () => {
  test('computes what the formulas say', async () => {
    const model = sequential([dense(2, { activation: 'relu' }), dense(1), activation('tanh')], {
      inputSize: 3,
    });
    model.setParameter('0.weight', [1, 2, 3, -1, 0.5, 0]);
    model.setParameter('0.bias', [0.5, 0.25]);
    model.setParameter('2.weight', [0.125, -2]);
    model.setParameter('2.bias', [0.1]);
    const rows = [
      [1, 0, -1],
      [0.5, 2, 0.25],
    ];
    const expected = rows.map(([a = 0, b = 0, c = 0]) => {
      const h = [Math.max(0, a + 2 * b + 3 * c + 0.5), Math.max(0, -a + 0.5 * b + 0.25)];
      return Math.tanh(0.125 * (h[0] ?? 0) - 2 * (h[1] ?? 0) + 0.1);
    });
    for (const outputs of [await model.predict(rows), model.predictSync(rows)]) {
      expect(outputs).toMatchObject({ rows: 2, columns: 1 });
      for (const [row, value] of expected.entries())
        expect(outputs.values[row]).toBeCloseTo(value, 5);
    }
  });

  test('takes batch normalisation into the weights of the layer before it', async () => {
    const random = randomNumbers(5);
    const inputs = Float32Array.from({ length: 200 * 6 }, random);
    const model = sequential(
      [
        dense(19),
        batchNorm(),
        activation('tanh'),
        dense(35, { bias: false }),
        batchNorm(),
        dense(2),
      ],
      { inputSize: 6 },
    );
    const targets = Float32Array.from({ length: 400 }, random);
    await model.fit({ inputs, targets: matrix(targets, 200, 2) }, { epochs: 3 });
    const tensor = (name: string) => [...model.getParameter(name)];
    const dotted = (name: string, x: readonly number[]) =>
      chunksOf(tensor(name), x.length).map((weights) =>
        weights.reduce((sum, weight, i) => sum + weight * (x[i] ?? 0), 0),
      );
    const plus = (x: readonly number[], name: string) =>
      x.map((v, i) => v + (tensor(name)[i] ?? 0));
    const normalised = (x: readonly number[], module: number) => {
      const [gamma = [], beta = [], mean = [], variance = []] = [
        'weight',
        'bias',
        'running_mean',
        'running_var',
      ].map((name) => tensor(`${module}.${name}`));
      const deviation = (i: number) => Math.sqrt((variance[i] ?? 0) + 1e-5);
      return x.map(
        (v, i) => ((v - (mean[i] ?? 0)) / deviation(i)) * (gamma[i] ?? 0) + (beta[i] ?? 0),
      );
    };
    const outputs = await model.predict(inputs);
    for (const row of [0, 77, 199]) {
      const x = [...inputs.subarray(row * 6, (row + 1) * 6)];
      const hidden = normalised(plus(dotted('0.weight', x), '0.bias'), 1).map(Math.tanh);
      const y = plus(dotted('5.weight', normalised(dotted('3.weight', hidden), 4)), '5.bias');
      for (const [column, value] of y.entries()) {
        expect(outputs.values[2 * row + column]).toBeCloseTo(value, 4);
      }
    }
  });

  test('gives the same bits in one call and in many, and at any number of threads', async () => {
    const rows = 3000;
    const values = Float32Array.from({ length: rows * 300 }, randomNumbers(3));
    const model = sequential([dense(20, { activation: 'tanh' }), dense(7)], { inputSize: 300 });
    const outputs = await model.predict(values, { threads: 1 });
    expect(outputs).toMatchObject({ rows, columns: 7 });
    expect(await model.predict(values, { threads: 3 })).toEqual(outputs);
    expect(model.predictSync(values)).toEqual(outputs);
    for (const row of [0, 873, 2999]) {
      const one = model.predictSync(values.subarray(row * 300, (row + 1) * 300));
      const whole = outputs.values.subarray(row * 7, (row + 1) * 7);
      for (const [column, value] of one.values.entries()) {
        expect(value).toBeCloseTo(whole[column] as number, 4);
      }
    }
  });

  test('scales bytes and floats alike', () => {
    const model = sequential([dense(2)], { inputSize: 2, seed: 4 });
    const bytes = matrix(new Uint8Array([0, 255, 128, 7]), 2, 2, { scale: 1 / 255, offset: -0.5 });
    const floats = matrix(new Float32Array([0, 255, 128, 7]), 2, 2, {
      scale: 1 / 255,
      offset: -0.5,
    });
    expect(model.predictSync(bytes)).toEqual(model.predictSync(floats));
  });

  test('reads arrays of rows in the right order, whatever their number', () => {
    const model = sequential([dense(1, { bias: false })], { inputSize: 2 });
    model.setParameter('0.weight', [1, 1000]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { minLength: 1 }), (rows) => {
        const { values } = model.predictSync(rows);
        expect(Array.from(values)).toEqual(rows.map(([a, b]) => a + 1000 * b));
      }),
    );
  });
});

describe('evaluate', () => {
  test('measures the loss and the metrics', async () => {
    const model = sequential([dense(1)], { inputSize: 1 });
    model.setParameter('0.weight', [2]);
    model.setParameter('0.bias', [1]);
    const data = { inputs: [[0], [1], [2]], targets: [1, 2, 8] };
    const { loss, metrics } = await model.evaluate(data, {
      metrics: ['meanAbsoluteError', 'meanSquaredError'],
    });
    // Outputs 1, 3, 5: errors 0, 1, -3.
    expect(loss).toBeCloseTo(10 / 3, 5);
    expect(metrics.meanAbsoluteError).toBeCloseTo(4 / 3, 5);
    expect(metrics.meanSquaredError).toBeCloseTo(10 / 3, 5);
  });

  test('counts right classes', async () => {
    const model = sequential([dense(3, { activation: 'softmax' })], { inputSize: 2 });
    const data = clusters(100);
    await model.fit(data, { epochs: 60, optimizer: { type: 'adam', learningRate: 0.05 } });
    const outputs = await model.predict(data.inputs);
    const right = Array.from(data.targets).filter((target, row) => {
      const scores = Array.from(outputs.values.subarray(row * 3, row * 3 + 3));
      return scores.indexOf(Math.max(...scores)) === target;
    });
    const { metrics } = await model.evaluate(data, { metrics: ['accuracy'], batchSize: 7 });
    expect(metrics.accuracy).toBeCloseTo(right.length / 100, 6);
    expect(metrics.accuracy).toBeGreaterThan(0.9);
  });
});

describe('a model', () => {
  const model = sequential(
    [dense(512, { activation: 'relu' }), batchNorm(), dense(10, { activation: 'softmax' })],
    { inputSize: 784, seed: 9 },
  );

  test('starts with the same weights for the same seed', () => {
    const build = (seed: number) =>
      sequential([dense(4)], { inputSize: 3, seed }).getParameter('0.weight');
    expect(build(1)).toEqual(build(1));
    expect(build(1)).not.toEqual(build(2));
  });

  test('lists its parameters', () => {
    expect(model.parameters[0]).toEqual({
      name: '0.weight',
      layer: 0,
      shape: [512, 784],
      trainable: true,
    });
    const fixed = model.parameters.filter((parameter) => !parameter.trainable);
    expect(fixed.map((parameter) => parameter.name)).toEqual(['2.running_mean', '2.running_var']);
    expect([model.inputSize, model.outputSize]).toEqual([784, 10]);
  });

  test('gives copies', () => {
    const copy = model.getParameter('0.bias');
    copy.fill(7);
    expect(model.getParameter('0.bias')).not.toEqual(copy);
  });

  test('has a summary', () => {
    const lines = model.summary().split('\n');
    expect(lines.slice(0, -1)).toEqual([
      'Sequential: 784 inputs, seed 9',
      '',
      'layer  type       inputs  outputs  activation  parameters  trainable   memory',
      '-----  ---------  ------  -------  ----------  ----------  ---------  -------',
      '    0  dense         784      512  relu           401,920    401,920  1.61 MB',
      '    1  batchNorm     512      512  -                2,048      1,024  8.19 kB',
      '    2  dense         512       10  softmax          5,130      5,130  20.5 kB',
      '',
    ]);
    expect(lines.at(-1)).toMatch(
      /^409,098 parameters \(1\.64 MB\), 408,074 of them trainable, native memory [\d.]+ MB$/,
    );
  });
});

function chunksOf(values: readonly number[], length: number): number[][] {
  return Array.from({ length: values.length / length }, (_, i) =>
    values.slice(i * length, (i + 1) * length),
  );
}
