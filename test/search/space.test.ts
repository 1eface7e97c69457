import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../lib/errors.js';
import { RandomStream } from '../../lib/random.js';
import {
  choice,
  float,
  int,
  type Space,
  Study,
  type StudyEvent,
  variants,
} from '../../lib/search/index.js';
import { SearchSpace } from '../../lib/search/searchSpace.js';

/** What a JavaScript program may pass, whatever the types say. */
const anything = (value: unknown) => value as never;
const spaceOf = (value: unknown) => new SearchSpace<Space>(anything(value));

describe('the functions of parameters', () => {
  test.each<[string, () => unknown, string]>([
    ['options of null', () => float(0, 1, anything(null)), 'float: expected an object'],
    ['options of null', () => int(0, 1, anything(null)), 'int: expected an object'],
    ['settings of null', () => choice([1], anything(null)), 'choice: expected an object'],
    ['settings of null', () => variants({ a: {} }, anything(null)), 'variants: expected an object'],
    ['a scale that is a text', () => float(1, 2, anything({ log: 'yes' })), 'float.log: expected'],
    ['options in a text', () => choice(anything('abc')), 'options: expected an array'],
    ['options in an object', () => choice(anything({})), 'options: expected an array'],
    ['no variants', () => variants(anything(null)), 'spaces: expected an object'],
    ['a variant that is no space', () => variants(anything({ a: 5 })), 'spaces.a: expected'],
    ['a condition that is none', () => float(0, 1, anything({ when: 5 })), 'float.when: expected'],
    [
      'a condition on a function',
      () => float(0, 1, anything({ when: { a: () => 1 } })),
      'float.when.a: expected a text, a finite number',
    ],
    [
      'a condition with an unknown bound',
      () => float(0, 1, anything({ when: { a: { min: 1 } } })),
      'float.when.a.min: expected one of the options minimum and maximum',
    ],
    ['a range too wide for a number', () => float(-1e308, 1e308), 'high: expected at most'],
    ['too many steps', () => float(0, 1, { step: 1e-320 }), 'float.step: expected a step'],
    ['symbols', () => int(anything(Symbol('low')), 1), 'low: expected an integer'],
    // An array of so many holes must not be walked through.
    ['holes', () => choice(anything(new Array(2 ** 32 - 1))), 'options[0]: expected plain data'],
  ])('refuse %s', (_, build, message) => {
    expect(build).toThrow(ArgumentError);
    expect(build).toThrow(message);
  });

  test('give numbers as a file holds them', () => {
    expect(Object.is(float(-0, 1).low, 0)).toBe(true);
    expect(choice([-0]).options.map((option) => Object.is(option, 0))).toEqual([true]);
  });
});

describe('a space', () => {
  test('of plain data has the defaults of the functions', () => {
    const plain = {
      rate: { type: 'float', low: 0.1, high: 1 },
      units: { high: 8, low: 1, type: 'int' },
      solver: {
        type: 'variants',
        variants: { sgd: {}, adam: { beta: { type: 'choice', options: [1] } } },
      },
    };
    expect(spaceOf(plain).space).toEqual({
      rate: float(0.1, 1),
      units: int(1, 8),
      solver: variants({ sgd: {}, adam: { beta: choice([1]) } }),
    });
  });

  test('does not change when what it was made of does', () => {
    const options = [[64], [64, 32]];
    const study = new Study({ space: { hidden: choice(options) } });
    options[0]?.push(5);
    const trial = study.ask({ hidden: [64, 32] });
    // An objective may do with its values what it wants.
    trial?.values.hidden.reverse();
    expect(trial?.parameters).toEqual({ hidden: [64, 32] });
    expect(trial?.values).toEqual({ hidden: [64, 32] });
    expect(study.ask({ hidden: [64] })?.values).toEqual({ hidden: [64] });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.itself = cyclic;
  const number = float(0, 1);
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'space: expected an object'],
    ['an array', [number], 'space: expected an object'],
    ['itself', cyclic, 'space: expected at most 100 levels'],
    ['a value', { x: 5 }, 'space.x: expected a parameter'],
    ['an unknown kind', { x: { type: 'real' } }, "space.x.type: expected 'float', 'int', 'choice'"],
    ['a kind of another name', { x: { type: 'toString' } }, 'space.x.type: expected'],
    ['a choice of nothing', { x: { type: 'choice' } }, 'space.x.options: expected an array'],
    ['no variants', { x: { type: 'variants' } }, 'space.x.variants: expected an object'],
    [
      'texts in place of numbers',
      { x: { type: 'float', low: '0', high: '1' } },
      'space.x.low: expected a finite number, received "0"',
    ],
    [
      'a field that is not known',
      { g: { x: { ...number, base: 10 } } },
      'space.g.x.base: expected one of the options log, step and when',
    ],
    [
      'a wrong parameter in a variant',
      { v: { type: 'variants', variants: { a: { x: { type: 'int', low: 0.5, high: 1 } } } } },
      'space.v.variants.a.x.low: expected an integer',
    ],
    ['a name with a dot', { 'a.b': number }, 'space.a.b: expected a name'],
    ['two parameters of one path', { 'a.b': number, a: { b: number } }, 'space.a.b: expected'],
    ['a name of nothing', { '': number }, 'expected a name of one character or more'],
    [
      'variants whose parameters have one path',
      { v: variants({ 'a.b': { c: number }, a: { b: { c: number } } }) },
      'space.v.a.b.c: expected a path of its own',
    ],
    [
      'a parameter that would hide the name of its variant',
      { v: variants({ a: { type: number } }) },
      'space.v.variants.a.type: expected another name',
    ],
  ])('is not %s', (_, value, message) => {
    expect(() => spaceOf(value)).toThrow(ArgumentError);
    expect(() => spaceOf(value)).toThrow(message);
  });

  test('of a journal may have names that a new one may not, but no two of one path', () => {
    expect(new SearchSpace({ 'a.b': number }, 'journal').dimensions[0]?.name).toBe('a.b');
    const ambiguous = { 'a.b': number, a: { b: number } };
    expect(() => new SearchSpace(ambiguous, 'journal')).toThrow('a path of its own');
  });

  test('takes names that every object inherits', () => {
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty'];
    const space = Object.fromEntries(names.map((name) => [name, float(0, 1)]));
    const whens = { ...space, depends: float(0, 1, { when: { constructor: { minimum: 0 } } }) };
    const events: StudyEvent[] = [];
    const study = new Study({ space: whens, onEvent: (event) => events.push(event) });
    for (let count = 0; count < 3; count++) {
      const trial = study.ask();
      expect(Object.keys(trial?.values ?? {})).toEqual([...names, 'depends']);
      for (const name of names) {
        expect(Object.entries(trial?.values ?? {})).toContainEqual([name, expect.any(Number)]);
        trial?.setAttribute(name, count);
      }
      expect(Object.keys(trial?.record.attributes ?? {})).toEqual(names);
      trial?.complete(count);
    }
    const written = JSON.parse(JSON.stringify(events)) as StudyEvent[];
    const { trials } = new Study({ space: whens, events: written });
    expect(JSON.stringify(trials)).toBe(JSON.stringify(study.trials));
  });
});

describe('numbers with steps', () => {
  test.each<[string, number, number, number]>([
    ['a low of many digits', 1 / 3, 1, 0.1],
    ['a high of many digits', 0, 2 / 3, 1 / 3],
    ['small steps of large numbers', 1e12 + 0.1, 1e12 + 0.9, 0.1],
    ['many steps', 0, 1e6, 1e-8],
    ['one step', 0, 1, 5],
  ])('%s', (_, low, high, step) => {
    const { dimensions } = new SearchSpace({ x: float(low, high, { step }) });
    const domain = dimensions[0]?.domain;
    const random = new RandomStream(1);
    for (const unit of [0, 1, ...Array.from({ length: 200 }, () => random.uniform())]) {
      const value = Number(domain?.fromUnit(unit));
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
      expect(domain?.has(value), String(value)).toBe(true);
    }
  });

  test('on any scale are in their range, and found there again', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    const property = fc.property(
      double,
      double,
      fc.double({ min: 1e-300, max: 1e300 }),
      fc.boolean(),
      (a, b, step, log) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(Number.isFinite(high - low) && (!log || low > 0));
        for (const options of [{ log }, { log, step }]) {
          fc.pre(options.step === undefined || (high - low) / step < 2 ** 50);
          fc.pre(Number.isFinite(high + step / 2 - (low - step / 2)));
          const { dimensions } = new SearchSpace({ x: float(low, high, options) });
          for (const unit of [0, 0.25, 0.9, 1]) {
            const value = Number(dimensions[0]?.domain.fromUnit(unit));
            expect(value >= low && value <= high).toBe(true);
            expect(dimensions[0]?.domain.has(value)).toBe(true);
          }
        }
      },
    );
    // Its square is more than the largest number.
    const large = 1.3407807929942597e154;
    fc.assert(property, { numRuns: 300, examples: [[large, large, 1e-300, true]] });
  });
});
