/** Activations through the public API, against values of 50 digits (test/fixtures). */

import { describe, expect, test } from 'vitest';
import {
  type ActivationName,
  type ActivationSpec,
  ArgumentError,
  activation,
  dense,
  gainOf,
  matrix,
  sequential,
} from '../../lib/index.js';
import { activationTable } from '../../lib/network/generated.js';
import { readFixture } from './fixtures.js';

interface ActivationValues {
  readonly inputs: readonly number[];
  readonly activations: readonly {
    readonly activation: ActivationSpec;
    readonly values: readonly number[];
  }[];
  readonly row: readonly number[];
  readonly softmax: readonly number[];
  readonly logSoftmax: readonly number[];
}

const known = readFixture<ActivationValues>('activation-values.json');

function outputsOf(spec: ActivationSpec, inputs: readonly number[], columns: number): number[] {
  const model = sequential([activation(spec)], { inputSize: columns });
  const rows = inputs.length / columns;
  return [...model.predictSync(matrix(Float32Array.from(inputs), rows, columns)).values];
}

/** Relative to the value, or where values are beyond single precision to its smallest number. */
function expectClose(actual: readonly number[], exact: readonly number[]): void {
  const errors = actual.map((y, i) => {
    const value = exact[i] ?? Number.NaN;
    return Math.abs(y - value) / Math.max(Math.abs(value), 1e-30);
  });
  expect(Math.max(...errors)).toBeLessThan(3e-6);
}

describe('activations', () => {
  test.each(known.activations)('$activation has the known values', (one) => {
    expectClose(outputsOf(one.activation, known.inputs, 1), one.values);
  });

  test('of rows have the known values', () => {
    expectClose(outputsOf({ type: 'softmax' }, known.row, 6), known.softmax);
    expectClose(outputsOf({ type: 'logSoftmax' }, known.row, 6), known.logSoftmax);
  });

  test('are known by a second name', () => {
    const model = sequential([dense(2, { activation: 'swish' })], { inputSize: 2 });
    expect(model.spec.layers[0]).toMatchObject({ activation: { type: 'silu' } });
    expect(activationTable.map(({ name }) => name)).not.toContain('swish');
  });
});

describe('what suits an activation', () => {
  const initializerInFrontOf = (type: 'elu' | 'gelu' | 'selu' | 'tanh' | 'softmax') => {
    const [layer] = sequential([dense(2, { activation: type })], { inputSize: 2 }).spec.layers;
    return layer?.type === 'dense' ? layer.kernelInitializer?.type : undefined;
  };

  test('is the default of its weights', () => {
    expect(initializerInFrontOf('elu')).toBe('heNormal');
    expect(initializerInFrontOf('gelu')).toBe('heNormal');
    expect(initializerInFrontOf('selu')).toBe('lecunNormal');
    expect(initializerInFrontOf('tanh')).toBe('glorotUniform');
    expect(initializerInFrontOf('softmax')).toBe('glorotUniform');
  });

  test('are the gains of PyTorch', () => {
    expect(gainOf('linear')).toBe(1);
    expect(gainOf('sigmoid')).toBe(1);
    expect(gainOf('tanh')).toBeCloseTo(5 / 3, 15);
    expect(gainOf('relu')).toBeCloseTo(Math.SQRT2, 15);
    expect(gainOf('leakyRelu')).toBeCloseTo(Math.sqrt(2 / (1 + 0.01 ** 2)), 15);
    expect(gainOf({ type: 'leakyRelu', slope: 0.5 })).toBeCloseTo(Math.sqrt(1.6), 15);
    expect(gainOf('selu')).toBe(0.75);
  });

  test('is asked for by name', () => {
    const wrong = 'rele' as ActivationName;
    expect(() => gainOf(wrong)).toThrow(ArgumentError);
    expect(() => gainOf(wrong)).toThrow(/one of the activations .*"rele"/s);
  });
});
