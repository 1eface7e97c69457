import { describe, expect, test } from 'vitest';
import { listOf } from '../../lib/checks.js';
import { ArgumentError, adam, constant, normal, sgd, zeros } from '../../lib/index.js';
import { optimizerTable } from '../../lib/network/generated.js';
import {
  normaliseActivation,
  normaliseInitializer,
  normaliseOptimizer,
} from '../../lib/network/rows.js';

const optimizerNames = listOf(optimizerTable.map(({ name }) => name));

describe('a row of a table', () => {
  test('is filled with its defaults, from a name', () => {
    expect(normaliseOptimizer('adam', 'optimizer')).toEqual({
      type: 'adam',
      learningRate: 0.001,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
    });
    expect(normaliseActivation('leakyRelu', 'activation')).toEqual({
      type: 'leakyRelu',
      slope: 0.01,
    });
  });

  test.each([1e39, -1e300])('takes no parameter beyond single precision: %d', (value) => {
    expect(() => normaliseInitializer(constant({ value }), 'kernelInitializer')).toThrow(
      /^kernelInitializer\.value: expected a number that single precision can hold, up to 3\.4e38/,
    );
    expect(normaliseInitializer(constant({ value: 3e38 }), 'i')).toMatchObject({ value: 3e38 });
  });

  test('keeps what was given, and is frozen', () => {
    const spec = normaliseOptimizer(sgd({ learningRate: 0.5, momentum: 0.9, nesterov: true }), 'o');
    expect(spec).toEqual({
      type: 'sgd',
      learningRate: 0.5,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 0,
    });
    expect(Object.isFrozen(spec)).toBe(true);
  });

  test('treats undefined as not given', () => {
    const input = { type: 'constant', value: undefined };
    expect(normaliseInitializer(input, 'i')).toEqual({ type: 'constant', value: 0 });
  });

  test('is the same again when it is normalised twice', () => {
    const once = normaliseInitializer(normal({ mean: 1 }), 'i');
    expect(normaliseInitializer(once, 'i')).toEqual(once);
  });

  test('offers the nearest name', () => {
    const attempt = () => normaliseOptimizer('adma', 'optimizer');
    expect(attempt).toThrow(ArgumentError);
    expect(attempt).toThrow(
      `optimizer: expected one of the optimizers ${optimizerNames}, received "adma". Did you mean 'adam'?`,
    );
  });

  test.each([
    [{ type: 'adamm' }, 'optimizer.type', `one of the optimizers ${optimizerNames}`, '"adamm"'],
    [
      { type: 'adam', learningRat: 1 },
      'optimizer.learningRat',
      /learningRate/,
      'an unknown option',
    ],
    [{ type: 'adam', learningRate: Number.NaN }, 'optimizer.learningRate', /finite number/, 'NaN'],
    [{ type: 'adam', learningRate: -1 }, 'optimizer.learningRate', /finite number >/, '-1'],
    [{ type: 'adam', learningRate: '1' }, 'optimizer.learningRate', /finite number/, '"1"'],
    [{ type: 'adam', beta1: 1 }, 'optimizer.beta1', /< 1/, '1'],
    [{ type: 'sgd', nesterov: 1 }, 'optimizer.nesterov', 'true or false', '1'],
    [{ type: 'sgd', nesterov: true }, 'optimizer.nesterov', /momentum above 0/, 'a momentum of 0'],
    [7, 'optimizer', /name of an optimizer/, '7'],
    [null, 'optimizer', /name of an optimizer/, 'null'],
    [{}, 'optimizer.type', /one of the optimizers/, 'undefined'],
    [['adam'], 'optimizer', /name of an optimizer/, 'an array of 1'],
  ])('refuses %o', (input, path, expected, received) => {
    const attempt = () => normaliseOptimizer(input, 'optimizer');
    expect(attempt).toThrow(ArgumentError);
    const matching = expected instanceof RegExp ? expect.stringMatching(expected) : expected;
    expect(attempt).toThrow(expect.objectContaining({ path, expected: matching, received }));
  });

  test('refuses names of Object.prototype', () => {
    expect(() => normaliseActivation('constructor', 'activation')).toThrow(ArgumentError);
    expect(() => normaliseActivation('__proto__', 'activation')).toThrow(ArgumentError);
  });

  test('refuses an empty range of uniform', () => {
    const attempt = () => normaliseInitializer({ type: 'uniform', minimum: 1, maximum: 0 }, 'i');
    expect(attempt).toThrow(expect.objectContaining({ path: 'i.maximum' }));
  });
});

describe('a constructor function', () => {
  test('gives plain frozen data', () => {
    expect(adam({ learningRate: 0.1 })).toEqual({ type: 'adam', learningRate: 0.1 });
    expect(zeros()).toEqual({ type: 'zeros' });
    expect(Object.isFrozen(constant({ value: 3 }))).toBe(true);
  });

  test('refuses options that are no object', () => {
    expect(() => adam(0.1 as never)).toThrow(
      'adam(options): expected an object with named options, received 0.1. ' +
        'Write adam({ … }) with each value behind the name of its option.',
    );
  });
});
