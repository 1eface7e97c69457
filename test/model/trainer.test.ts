import { describe, expect, test } from 'vitest';
import {
  adam,
  autoencoder,
  batchNorm,
  DataError,
  dense,
  dropout,
  matrix,
  type Sequential,
  ShapeError,
  StateError,
  sequential,
  sgd,
  type Trainer,
} from '../../lib/index.js';
import { randomNumbers, xor } from './data.js';

const [inputSize, outputSize] = [3, 2];

const network = (seed = 1) =>
  sequential([dense(8, { activation: 'tanh' }), batchNorm(), dense(outputSize)], {
    inputSize,
    seed,
  });

function numbers(count: number, seed: number): Float32Array {
  const random = randomNumbers(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
}

/** The gradient of the mean squared error over all values. */
function squaredErrorGradient(outputs: Float32Array, targets: Float32Array): Float32Array {
  return outputs.map((y, i) => (2 * (y - (targets[i] ?? 0))) / outputs.length);
}

const weightsOf = (model: Sequential) =>
  model.parameters.map(({ name }) => Array.from(model.getParameter(name)));

const gradientsOf = (trainer: Trainer) =>
  trainer.gradients().map(({ values }) => Array.from(values));

describe('a loop by hand', () => {
  test('trains as fit does', async () => {
    const [rows, batchSize, epochs] = [40, 16, 3];
    const layers = [dense(8, { activation: 'relu' }), dropout({ rate: 0.3 }), dense(outputSize)];
    const [byFit, byHand] = [1, 2].map(() => sequential(layers, { inputSize, seed: 4 }));
    const [inputs, targets] = [numbers(rows * inputSize, 1), numbers(rows * outputSize, 2)];
    const optimizer = adam({ learningRate: 0.05 });
    const data = { inputs, targets: matrix(targets, rows, outputSize) };
    await byFit?.fit(data, { epochs, batchSize, optimizer, shuffle: false, seed: 9 });
    const trainer = byHand?.trainer({ optimizer, batchSize, seed: 9 });
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (let start = 0; start < rows; start += batchSize) {
        const end = Math.min(rows, start + batchSize);
        const outputs = trainer?.forward(inputs.subarray(start * inputSize, end * inputSize));
        const wanted = targets.subarray(start * outputSize, end * outputSize);
        trainer?.backward(squaredErrorGradient(outputs ?? new Float32Array(0), wanted));
        trainer?.step();
      }
    }
    expect(trainer?.steps).toBe(9);
    const [expected, received] = [byFit, byHand].map((model) => weightsOf(model as Sequential));
    received?.flat().forEach((weight, i) => {
      expect(weight).toBeCloseTo(expected?.flat()[i] ?? Number.NaN, 5);
    });
  });

  test('takes rows in any form, of any number up to the batch size', () => {
    const model = sequential([dense(4, { activation: 'tanh' }), dense(1)], {
      inputSize: 2,
      seed: 2,
    });
    const trainer = model.trainer({ optimizer: adam({ learningRate: 0.05 }), batchSize: 4 });
    for (let step = 0; step < 300; step++) {
      const outputs = trainer.forward(xor.inputs);
      trainer.backward(Array.from(outputs, (y, i) => [(y - (xor.targets[i] ?? 0)) / 2]));
      trainer.step();
    }
    const answers = model.predictSync(xor.inputs).values;
    answers.forEach((y, i) => {
      expect(y).toBeCloseTo(xor.targets[i] ?? 0, 1);
    });
    const bytes = matrix(Uint8Array.of(0, 255), 1, 2, { scale: 1 / 255 });
    expect(trainer.forward(bytes, { training: false })[0]).toBeCloseTo(answers[1] ?? 0, 6);
    const many = model.trainer({ batchSize: 50_000 });
    const rows = Array.from({ length: 50_000 }, (_, row) => xor.inputs[row % 4] ?? []);
    const outputs = many.forward(rows, { training: false });
    expect(outputs).toHaveLength(50_000);
    expect(outputs[49_999]).toBeCloseTo(answers[3] ?? 0, 6);
  });

  test('lends its outputs until the next forward pass', () => {
    const trainer = network().trainer({ batchSize: 4 });
    const first = trainer.forward(numbers(4 * inputSize, 1));
    const kept = first.slice();
    const second = trainer.forward(numbers(2 * inputSize, 2));
    expect(second).toHaveLength(2 * outputSize);
    expect(first.subarray(0, 4)).toEqual(second);
    expect(first.subarray(4)).toEqual(kept.subarray(4));
  });

  test('gives the gradients of all tensors that are trained', () => {
    const model = network();
    const trainer = model.trainer({ batchSize: 6 });
    trainer.forward(numbers(6 * inputSize, 1));
    trainer.backward(numbers(6 * outputSize, 2));
    const gradients = trainer.gradients();
    expect(gradients.map(({ name, layer, shape }) => [name, layer, shape])).toEqual(
      model.parameters
        .filter((parameter) => parameter.trainable)
        .map(({ name, layer, shape }) => [name, layer, shape]),
    );
    const bias = gradients.find(({ name }) => name === '3.bias');
    const sums = [0, 1].map((column) =>
      numbers(6 * outputSize, 2)
        .filter((_, i) => i % outputSize === column)
        .reduce((sum, value) => sum + value, 0),
    );
    expect(bias?.values[0]).toBeCloseTo(sums[0] ?? 0, 5);
    expect(bias?.values[1]).toBeCloseTo(sums[1] ?? 0, 5);
    expect(trainer.parameters().map(({ values }) => Array.from(values))).toEqual(weightsOf(model));
  });

  test('adds gradients up until the step, which uses them up', () => {
    const trainer = network().trainer({ batchSize: 4 });
    const pass = () => {
      trainer.forward(numbers(4 * inputSize, 1));
      trainer.backward(numbers(4 * outputSize, 2));
    };
    pass();
    const once = gradientsOf(trainer).flat();
    pass();
    gradientsOf(trainer)
      .flat()
      .forEach((value, i) => {
        expect(value).toBeCloseTo(2 * (once[i] ?? 0), 5);
      });
    trainer.step();
    expect(new Set(gradientsOf(trainer).flat())).toEqual(new Set([0]));
    pass();
    trainer.zeroGradients();
    expect(new Set(gradientsOf(trainer).flat())).toEqual(new Set([0]));
    expect(() => trainer.step()).toThrow(StateError);
  });

  test('has a learning rate that changes', () => {
    const model = network();
    const trainer = model.trainer({ optimizer: sgd({ learningRate: 0.5 }), batchSize: 4 });
    expect(trainer.learningRate).toBe(0.5);
    trainer.learningRate = 0;
    const before = model.getParameter('3.bias');
    trainer.forward(numbers(4 * inputSize, 1));
    trainer.backward(numbers(4 * outputSize, 2));
    trainer.step();
    expect(model.getParameter('3.bias')).toEqual(before);
    expect(() => {
      trainer.learningRate = -1;
    }).toThrow('learningRate: expected a finite number >= 0');
  });

  test('gives the gradient of the inputs on request', () => {
    const model = sequential([dense(1, { bias: false })], { inputSize: 2 });
    model.setParameter('0.weight', [3, -2]);
    const trainer = model.trainer({ batchSize: 2, inputGradient: true });
    trainer.forward([
      [1, 2],
      [3, 4],
    ]);
    trainer.backward([[1], [10]]);
    expect(trainer.inputGradient()).toEqual(Float32Array.of(3, -2, 30, -20));
    trainer.step();
    expect(trainer.inputGradient()).toEqual(Float32Array.of(3, -2, 30, -20));
    expect(() => model.trainer().inputGradient()).toThrow('inputGradient: expected a trainer');
  });

  test('is there for autoencoders too', () => {
    const model = autoencoder({ inputSize: 3, code: 1, seed: 2 });
    const trainer = model.trainer({ optimizer: adam({ learningRate: 0.02 }), batchSize: 30 });
    const line = numbers(30, 1);
    const inputs = Float32Array.from(
      { length: 90 },
      (_, i) => (line[(i / 3) | 0] ?? 0) * (1 + (i % 3)),
    );
    for (let step = 0; step < 200; step++) {
      trainer.backward(squaredErrorGradient(trainer.forward(inputs), inputs));
      trainer.step();
    }
    const outputs = trainer.forward(inputs, { training: false });
    expect(Math.max(...outputs.map((y, i) => Math.abs(y - (inputs[i] ?? 0))))).toBeLessThan(0.05);
  });
});

describe('the model', () => {
  const step = (trainer: Trainer, seed = 1) => {
    trainer.forward(numbers(4 * inputSize, seed));
    trainer.backward(numbers(4 * outputSize, seed + 1));
    trainer.step();
  };

  test('sees every step, whatever asks', async () => {
    const model = network();
    const trainer = model.trainer({ optimizer: sgd({ learningRate: 0.1 }), batchSize: 4 });
    const row = numbers(inputSize, 5);
    step(trainer);
    const answer = Array.from(trainer.forward(row, { training: false }));
    expect(Array.from(model.predictSync(row).values)).toEqual(answer);
    expect(Array.from((await model.predict(row)).values)).toEqual(answer);
    const data = { inputs: row, targets: matrix(Float32Array.from(answer), 1, 2) };
    step(trainer, 3);
    expect((await model.evaluate(data)).loss).toBeGreaterThan(0);
  });

  test('takes turns with its trainers, with fit and with setParameter', async () => {
    const model = network();
    const options = { optimizer: sgd({ learningRate: 0.1 }), batchSize: 4 };
    const [one, other] = [model.trainer(options), model.trainer(options)];
    const alone = network();
    const single = alone.trainer(options);
    for (const seed of [1, 2, 3, 4]) {
      step(seed % 2 === 0 ? one : other, seed);
      step(single, seed);
    }
    expect(weightsOf(model)).toEqual(weightsOf(alone));

    const data = { inputs: numbers(24, 1), targets: matrix(numbers(16, 2), 8, 2) };
    await model.fit(data, { epochs: 1, optimizer: 'sgd' });
    await alone.fit(data, { epochs: 1, optimizer: 'sgd' });
    step(one, 5);
    step(single, 5);
    expect(weightsOf(model)).toEqual(weightsOf(alone));

    model.setParameter('3.bias', [7, 8]);
    one.forward(numbers(2 * inputSize, 1));
    expect(model.getParameter('3.bias')).toEqual(Float32Array.of(7, 8));
  });

  test('knows that a threshold is of other weights', async () => {
    const model = autoencoder({ inputSize: 3, code: 1 });
    model.setThreshold(1);
    const trainer = model.trainer({ batchSize: 4 });
    expect(model.anomalyDetector).not.toBeNull();
    trainer.backward(trainer.forward(numbers(12, 1)));
    trainer.step();
    expect(model.anomalyDetector).toBeNull();
  });
});

describe('a trainer refuses', () => {
  const inputs = numbers(4 * inputSize, 1);
  const gradient = numbers(4 * outputSize, 2);

  test('what is out of order', () => {
    const trainer = network().trainer({ batchSize: 4 });
    expect(() => trainer.backward(gradient)).toThrow(StateError);
    expect(() => trainer.step()).toThrow('step: expected a backward pass since the last step');
    trainer.forward(inputs, { training: false });
    expect(() => trainer.backward(gradient)).toThrow('received one with training: false');
    trainer.forward(inputs);
    trainer.backward(gradient);
    expect(() => trainer.backward(gradient)).toThrow('a second backward pass');
  });

  test('other lengths and numbers that are none', () => {
    const trainer = network().trainer({ batchSize: 4 });
    expect(() => trainer.forward(numbers(5 * inputSize, 1))).toThrow(
      'inputs: expected at most 4 rows, the batchSize of the trainer, received 5',
    );
    expect(() => trainer.forward([[1, 2]])).toThrow(ShapeError);
    expect(() => trainer.forward(Float32Array.of(1, Number.NaN, 2))).toThrow('inputs[0][1]');
    trainer.forward(inputs);
    expect(() => trainer.backward(gradient.subarray(2))).toThrow(
      'outputGradient: expected 4 rows, as many as the last forward pass had, received 3',
    );
    const broken = gradient.slice();
    broken[5] = Number.POSITIVE_INFINITY;
    expect(() => trainer.backward(broken)).toThrow(DataError);
    expect(() => trainer.backward(broken)).toThrow('outputGradient[2][1]');
    trainer.backward(gradient);
  });

  test('steps while a run trains the model', async () => {
    const model = network();
    const trainer = model.trainer({ batchSize: 4 });
    trainer.forward(inputs);
    trainer.backward(gradient);
    const data = { inputs, targets: matrix(gradient, 4, outputSize) };
    const run = model.fit(data, { epochs: 1e6 });
    for await (const _ of run) break;
    expect(() => trainer.forward(inputs)).toThrow(StateError);
    expect(() => trainer.step()).toThrow('step: expected a network at rest');
    expect(() => model.trainer()).toThrow(StateError);
    run.stop();
    await run;
    trainer.step();
    expect(trainer.steps).toBe(1);
  });

  test('options that do not exist or do not fit', () => {
    const model = network();
    const make = (options: object) => () => model.trainer(options);
    expect(make({ batchSise: 3 })).toThrow('batchSise: expected one of the options');
    expect(make({ batchSize: 0 })).toThrow('batchSize: expected an integer');
    expect(make({ optimizer: 'lbfgs' })).toThrow('optimizer: expected an optimizer that makes');
    expect(make({ precision: 'float16' })).toThrow('precision');
    expect(make({ gradientClipping: {} })).toThrow('gradientClipping');
    expect(() => model.trainer().forward(inputs, { training: 1 } as object)).toThrow('training');
  });
});
