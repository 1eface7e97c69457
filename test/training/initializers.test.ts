/** What is known about first weights, found with the public API. */

import { describe, expect, test } from 'vitest';
import {
  type ActivationName,
  ArgumentError,
  dense,
  type InitializerSpec,
  kaimingNormal,
  matrix,
  normal,
  sequential,
  smallRandom,
  xavierNormal,
  xavierUniform,
  zeros,
} from '../../lib/index.js';

const width = 200;
const rows = 250;

/** Normal numbers, by Box and Muller from a linear congruential generator. */
function gaussians(count: number): Float32Array {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

const inputs = matrix(gaussians(rows * width), rows, width);

/** The activations behind so many equal layers, for inputs of variance 1. */
function behind(
  layers: number,
  activation: 'tanh' | 'relu',
  kernelInitializer: InitializerSpec | 'heNormal' | 'glorotNormal' | 'smallRandom',
): Float32Array {
  const stack = Array.from({ length: layers }, () =>
    dense(width, { activation: activation as ActivationName, kernelInitializer }),
  );
  return sequential(stack, { inputSize: width, seed: 3 }).predictSync(inputs).values;
}

/** The root of the mean square: what has to be kept, whatever the mean. */
function spreadOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

describe('first weights', () => {
  test.each(['zeros', 'constant'] as const)('of %s keep all units equal for ever', async (type) => {
    const kernelInitializer =
      type === 'zeros' ? zeros() : ({ type: 'constant', value: 0.1 } as const);
    const model = sequential(
      [dense(6, { activation: 'tanh', kernelInitializer }), dense(1, { kernelInitializer })],
      { inputSize: 3, seed: 1 },
    );
    const some = gaussians(300);
    const targets = Array.from({ length: 100 }, (_, i) => [(some[3 * i] ?? 0) + 1]);
    await model.fit({ inputs: matrix(some, 100, 3), targets }, { epochs: 20, batchSize: 10 });
    const weights = model.getParameter('0.weight');
    for (let unit = 1; unit < 6; unit++) {
      expect(weights.slice(3 * unit, 3 * unit + 3)).toEqual(weights.slice(0, 3));
    }
    // It is not that nothing was learnt.
    expect(model.getParameter('2.bias')[0]).not.toBe(0);
  });

  test('that are small make activations vanish in ten tanh layers', () => {
    expect(spreadOf(behind(1, 'tanh', 'smallRandom'))).toBeGreaterThan(0.1);
    expect(spreadOf(behind(10, 'tanh', smallRandom()))).toBeLessThan(1e-7);
  });

  test('of variance 1 saturate them', () => {
    const values = behind(10, 'tanh', { type: 'normal', mean: 0, standardDeviation: 1 });
    const saturated = values.filter((value) => Math.abs(value) > 0.99).length;
    expect(saturated / values.length).toBeGreaterThan(0.8);
  });

  test("of Xavier's keep the spread under tanh and lose it under relu", () => {
    const spread = (layers: number) => spreadOf(behind(layers, 'tanh', 'glorotNormal'));
    expect(spread(10)).toBeGreaterThan(0.2);
    expect(spread(10) / spread(5)).toBeGreaterThan(0.7);
    // Relu halves the mean square in each layer.
    const lost = spreadOf(behind(10, 'relu', 'glorotNormal'));
    expect(lost).toBeGreaterThan(2 ** -5 / 2);
    expect(lost).toBeLessThan(2 ** -5 * 2);
  });

  test("of He's keep it under relu", () => {
    for (const layers of [1, 5, 10]) {
      const spread = spreadOf(behind(layers, 'relu', 'heNormal'));
      expect(spread).toBeGreaterThan(0.6);
      expect(spread).toBeLessThan(1.6);
    }
  });
});

describe('initializers', () => {
  const kernelOf = (kernelInitializer: object | string) =>
    sequential([{ type: 'dense', units: 4, kernelInitializer } as { type: 'dense' }], {
      inputSize: 6,
      seed: 1,
    });

  test('have the names of PyTorch too', () => {
    expect(xavierNormal({ gain: 2 })).toEqual({ type: 'glorotNormal', gain: 2 });
    expect(kaimingNormal()).toEqual({ type: 'heNormal' });
    const byName = kernelOf('xavierUniform').getParameter('0.weight');
    expect(byName).toEqual(kernelOf(xavierUniform()).getParameter('0.weight'));
    expect(kernelOf('kaimingUniform').spec.layers[0]).toMatchObject({
      kernelInitializer: { type: 'heUniform' },
    });
  });

  test('are cases of varianceScaling', () => {
    const weights = (initializer: object | string) =>
      kernelOf(initializer).getParameter('0.weight');
    const scaling = (scale: number, mode: string, distribution: string) =>
      weights({ type: 'varianceScaling', scale, mode, distribution });
    expect(scaling(2, 'fanIn', 'normal')).toEqual(weights('heNormal'));
    expect(scaling(1, 'fanAverage', 'uniform')).toEqual(weights('glorotUniform'));
    expect(scaling(1, 'fanIn', 'normal')).toEqual(weights('lecunNormal'));
    expect(kernelOf('varianceScaling').spec.layers[0]).toMatchObject({
      kernelInitializer: { scale: 1, mode: 'fanIn', distribution: 'truncatedNormal' },
    });
  });

  test.each([
    [{ type: 'varianceScaling', mode: 'fanin' }, 'mode', 'one of fanIn, fanOut and fanAverage'],
    [{ type: 'varianceScaling', distribution: 2 }, 'distribution', 'one of truncatedNormal'],
    [{ type: 'sparse', sparsity: 1.5 }, 'sparsity', '1'],
    [{ type: 'orthogonal', gain: -1 }, 'gain', '0'],
  ])('refuse %o', (initializer, parameter, expected) => {
    const attempt = () => kernelOf(initializer);
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(`layers[0].kernelInitializer.${parameter}`);
    expect(attempt).toThrow(expected);
  });

  test('give plain data', () => {
    expect(normal({ standardDeviation: 2 })).toEqual({ type: 'normal', standardDeviation: 2 });
  });
});
