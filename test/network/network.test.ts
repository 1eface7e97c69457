import { describe, expect, test } from 'vitest';
import { ArgumentError, activation, dense } from '../../lib/index.js';
import { resolveLoss } from '../../lib/network/losses.js';
import { normaliseNetwork, outputsOf, sizeAfter } from '../../lib/network/network.js';

const network = (layers: unknown, rest: object = {}) =>
  normaliseNetwork({ inputSize: 4, layers, ...rest });

describe('a network', () => {
  test('is filled with its defaults', () => {
    expect(network([dense(3, { activation: 'relu' }), dense(1)])).toEqual({
      inputSize: 4,
      seed: 0,
      layers: [
        {
          type: 'dense',
          units: 3,
          bias: true,
          activation: { type: 'relu' },
          kernelInitializer: { type: 'heNormal', gain: 1 },
          biasInitializer: { type: 'zeros' },
          frozen: false,
        },
        {
          type: 'dense',
          units: 1,
          bias: true,
          activation: { type: 'linear' },
          kernelInitializer: { type: 'glorotUniform', gain: 1 },
          biasInitializer: { type: 'zeros' },
          frozen: false,
        },
      ],
    });
  });

  test('takes plain data for layers, and its own result again', () => {
    const spec = network([
      { type: 'dense', units: 2 },
      { type: 'activation', activation: 'tanh' },
    ]);
    expect(normaliseNetwork(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test('is frozen to the bottom', () => {
    const spec = network([dense(3, { activation: { type: 'leakyRelu', slope: 0.2 } })]);
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(spec)).toBe(true);
  });

  test('knows its sizes and its end', () => {
    const spec = network([dense(3), activation('sigmoid'), dense(2), activation('softmax')]);
    expect(sizeAfter(spec, 0)).toBe(4);
    expect(sizeAfter(spec, 2)).toBe(3);
    expect(sizeAfter(spec)).toBe(2);
    expect(outputsOf(spec).map(({ activation }) => activation)).toEqual(['softmax']);
  });

  test.each([
    [[dense(3), dense(0)], 'layers[1].units', '0'],
    [[dense(2.5)], 'layers[0].units', '2.5'],
    [[dense('3' as never)], 'layers[0].units', '"3"'],
    [[{ type: 'dense' }], 'layers[0].units', 'undefined'],
    [[{ type: 'dens', units: 3 }], 'layers[0].type', '"dens"'],
    [[{ type: 'toString', units: 3 }], 'layers[0].type', '"toString"'],
    [[dense(3), 7], 'layers[1]', '7'],
    [[dense(3, { activaton: 'relu' } as never)], 'layers[0].activaton', 'an unknown option'],
    [[dense(3, { activation: 'rele' as never })], 'layers[0].activation', '"rele"'],
    [[dense(3, { bias: 'no' as never })], 'layers[0].bias', '"no"'],
    [
      [dense(3, { kernelInitializer: { type: 'heNormal', gain: -1 } })],
      'layers[0].kernelInitializer.gain',
      '-1',
    ],
    [
      [activation({ type: 'leakyRelu', slope: Number.POSITIVE_INFINITY })],
      'layers[0].activation.slope',
      'Infinity',
    ],
    [[], 'layers', 'an empty array'],
    ['relu', 'layers', '"relu"'],
    [undefined, 'layers', 'undefined'],
  ])('refuses the layers %o', (layers, path, received) => {
    const attempt = () => network(layers);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(expect.objectContaining({ path, received }));
  });

  test.each([
    [{ inputSize: 0 }, 'inputSize'],
    [{ inputSize: 2 ** 31 }, 'inputSize'],
    [{ seed: -1 }, 'seed'],
    [{ seed: 2 ** 32 }, 'seed'],
    [{ seed: 1.5 }, 'seed'],
    [{ sed: 1 }, 'sed'],
  ])('refuses %o', (rest, path) => {
    expect(() => network([dense(1)], rest)).toThrow(expect.objectContaining({ path }));
  });

  test('refuses options in the place of an object', () => {
    expect(() => dense(3, 'relu' as never)).toThrow(
      'dense(options): expected an object with named options, received "relu". ' +
        'Write dense({ … }) with each value behind the name of its option.',
    );
  });
});

describe('the loss', () => {
  test('follows the end of the network', () => {
    expect(resolveLoss(undefined, 'loss', 'softmax')).toEqual({
      type: 'crossEntropy',
      labelSmoothing: 0,
    });
    expect(resolveLoss(undefined, 'loss', 'sigmoid')).toEqual({ type: 'binaryCrossEntropy' });
    expect(resolveLoss(undefined, 'loss', 'tanh')).toEqual({ type: 'meanSquaredError' });
    expect(resolveLoss(undefined, 'loss', 'sigmoid', 'meanSquaredError')).toEqual({
      type: 'meanSquaredError',
    });
  });

  test('has to fit the end of the network', () => {
    expect(() => resolveLoss('crossEntropy', 'loss', 'relu')).toThrow(
      "loss: expected a loss for a network that ends with relu, received 'crossEntropy', which " +
        "needs softmax at the end. Give the last layer activation: 'softmax', or use the loss " +
        "'meanSquaredError'.",
    );
  });
});
