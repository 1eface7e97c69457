import { describe, expect, test } from 'vitest';
import { autoencoder, dense, type FitOptions, matrix, sequential, sgd } from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';

const random = randomNumbers(11);
const rows = 12;
const columns = 4;
const values = Float32Array.from({ length: rows * columns }, random);
const inputs = matrix(values, rows, columns);
const classes = Array.from({ length: rows }, (_, row) =>
  row % 4 === 0 ? 1 : row % 3 === 0 ? 2 : 0,
);
const weights = [2, 0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1];

function classifier() {
  return sequential([dense(5, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], {
    inputSize: columns,
    seed: 4,
  });
}

type Classifier = ReturnType<typeof classifier>;
type Options = FitOptions<never, 'softmax'>;

const wholeBatch = {
  epochs: 3,
  batchSize: rows,
  shuffle: false,
  optimizer: sgd({ learningRate: 0.5 }),
} satisfies Options;

function tensorsOf(model: Classifier): number[] {
  return model.parameters.flatMap(({ name }) => [...model.getParameter(name)]);
}

function expectSame(actual: Classifier, expected: Classifier) {
  const wanted = tensorsOf(expected);
  for (const [index, value] of tensorsOf(actual).entries()) {
    expect(value).toBeCloseTo(wanted[index] ?? Number.NaN, 5);
  }
}

/** -log of the probability of each row's class. */
function lossesOf(model: Classifier): number[] {
  const { values: outputs } = model.predictSync(inputs);
  return classes.map((target, row) => -Math.log(outputs[3 * row + target] ?? 0));
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

describe('weights of rows', () => {
  test('count a row as often as they say', async () => {
    const weighted = classifier();
    await weighted.fit({ inputs, targets: classes, weights }, wholeBatch);
    const order = weights.flatMap((weight, row) => Array<number>(weight).fill(row));
    const repeated = classifier();
    const rowsOf = (row: number) => [...values.subarray(row * columns, (row + 1) * columns)];
    const targets = order.map((row) => classes[row] ?? 0);
    await repeated.fit({ inputs: order.map(rowsOf), targets }, wholeBatch);
    expectSame(weighted, repeated);
    expect(tensorsOf(weighted)).not.toEqual(tensorsOf(classifier()));
  });

  test('are in the loss of training, validation and evaluation', async () => {
    const model = classifier();
    const expected = mean(lossesOf(model).map((loss, row) => loss * (weights[row] ?? 0)));
    const data = { inputs, targets: classes, weights: Float64Array.from(weights) };
    expect((await model.evaluate(data)).loss).toBeCloseTo(expected, 5);
    const options = { ...wholeBatch, epochs: 1, optimizer: sgd({ learningRate: 0 }) };
    const { epochs } = await model.fit(data, { ...options, validation: { data } });
    expect(epochs[0]?.loss).toBeCloseTo(expected, 5);
    expect(epochs[0]?.validation?.loss).toBeCloseTo(expected, 5);
    const { epochs: unweighted } = await model.fit(
      { inputs, targets: classes },
      { ...options, validation: { data } },
    );
    expect(unweighted[0]?.loss).toBeCloseTo(mean(lossesOf(model)), 5);
    expect(unweighted[0]?.validation?.loss).toBeCloseTo(expected, 5);
  });

  test('give the same bits at any number of threads, in small batches and shuffled', async () => {
    const fitted = await Promise.all(
      [1, 3].map(async (threads) => {
        const model = classifier();
        const options = { epochs: 4, batchSize: 5, threads, validation: 0.25 };
        await model.fit({ inputs, targets: classes, weights }, options);
        return tensorsOf(model);
      }),
    );
    expect(fitted[0]).toEqual(fitted[1]);
  });

  test.each([
    [[1, 2], /^weights: expected 12 weights, one for each row, received 2/],
    ['heavy', /^weights: expected an array of numbers, one for each row, received "heavy"/],
    [[...weights.slice(1), -1], /^weights\[11\]: expected a finite number of at least 0/],
    [[...weights.slice(1), Number.NaN], /^weights\[11\]: expected a finite number of at least 0/],
    [[...weights.slice(1), 'x'], /^weights\[11\]: expected a number, received "x"/],
    [new Float32Array(12).fill(Infinity), /^weights\[0\]: expected a finite number/],
  ])('are refused when they are %s', async (wrong, message) => {
    const run = classifier().fit({ inputs, targets: classes, weights: wrong as number[] });
    await expect(run).rejects.toThrow(message);
  });
});

describe('weights of classes', () => {
  const byRow = (ofClass: readonly number[]) => classes.map((target) => ofClass[target] ?? 0);

  test.each([
    ['a list', [1, 3, 0.5], [1, 3, 0.5]],
    ['an object, where the others count 1', { 1: 3 }, [1, 3, 1]],
    ["'balanced'", 'balanced', [12 / (3 * 6), 12 / (3 * 3), 12 / (3 * 3)]],
  ] as const)('weigh the rows of each class: %s', async (_, classWeights, ofClass) => {
    const byClass = classifier();
    await byClass.fit({ inputs, targets: classes }, { ...wholeBatch, classWeights });
    const expected = classifier();
    await expected.fit({ inputs, targets: classes, weights: byRow(ofClass) }, wholeBatch);
    expectSame(byClass, expected);
  });

  test('go by the names of the classes, and multiply the weights of the rows', async () => {
    const names = ['low', 'middle', 'high'];
    const named = classifier();
    const targets = classes.map((target) => names[target] ?? '');
    const classWeights = { high: 4 };
    await named.fit({ inputs, targets, classes: names, weights }, { ...wholeBatch, classWeights });
    const expected = classifier();
    const both = byRow([1, 1, 4]).map((weight, row) => weight * (weights[row] ?? 0));
    await expected.fit({ inputs, targets: classes, weights: both }, wholeBatch);
    expectSame(named, expected);
  });

  test('are for one-hot targets, for a single sigmoid and for L-BFGS', async () => {
    const oneHot = classes.map((target) => [0, 1, 2].map((each) => (each === target ? 1 : 0)));
    const hot = classifier();
    const classWeights = [1, 3, 0.5];
    await hot.fit({ inputs, targets: oneHot }, { ...wholeBatch, classWeights });
    const expected = classifier();
    await expected.fit({ inputs, targets: classes, weights: byRow(classWeights) }, wholeBatch);
    expectSame(hot, expected);

    const lbfgs = { epochs: 3, optimizer: 'lbfgs' } as const;
    const one = classifier();
    await one.fit({ inputs, targets: classes }, { ...lbfgs, classWeights });
    const other = classifier();
    await other.fit({ inputs, targets: classes, weights: byRow(classWeights) }, lbfgs);
    expectSame(one, other);

    const yes = classes.map((target) => (target === 1 ? 1 : 0));
    const binary = () => sequential([dense(1, { activation: 'sigmoid' })], { inputSize: columns });
    const [a, b] = [binary(), binary()];
    await a.fit({ inputs, targets: yes }, { ...wholeBatch, classWeights: [1, 5] });
    await b.fit({ inputs, targets: yes, weights: yes.map((y) => 1 + 4 * y) }, wholeBatch);
    expect(a.getParameter('0.weight')).toEqual(b.getParameter('0.weight'));
  });

  test('leave the validation as it is', async () => {
    const model = classifier();
    const data = { inputs, targets: classes };
    const options = { ...wholeBatch, epochs: 1, optimizer: sgd({ learningRate: 0 }) };
    const classWeights = [5, 5, 5];
    const { epochs } = await model.fit(data, { ...options, classWeights, validation: { data } });
    expect(epochs[0]?.loss).toBeCloseTo(5 * mean(lossesOf(model)), 4);
    expect(epochs[0]?.validation?.loss).toBeCloseTo(mean(lossesOf(model)), 5);
  });

  test.each([
    [[1, 2], /^classWeights: expected 3 weights, one for each class, received 2/],
    [[1, 2, -3], /^classWeights\[2\]: expected a finite number/],
    [{ 7: 2 }, /^classWeights\.7: expected one of the classes 0, 1 and 2/],
    [{ 1: 'x' }, /^classWeights\.1: expected a finite number/],
    ['even', /^classWeights: expected 'balanced', an array of numbers, or an object/],
  ])('are refused when they are %s', async (wrong, message) => {
    const options = { classWeights: wrong as number[] };
    await expect(classifier().fit({ inputs, targets: classes }, options)).rejects.toThrow(message);
  });

  test('are refused where there are no classes', async () => {
    const model = autoencoder({ inputSize: columns, code: 2 });
    const run = model.fit(inputs, { classWeights: 'balanced' });
    await expect(run).rejects.toThrow(/^classWeights: expected targets that name classes/);
  });
});
