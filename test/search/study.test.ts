import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { ArgumentError, LayerwiseError, StateError } from '../../lib/errors.js';
import { choice, float, int, Study, type StudyEvent, variants } from '../../lib/search/index.js';

const space = {
  learningRate: float(1e-5, 1e-1, { log: true }),
  optimizer: variants({ adam: {}, sgd: { momentum: float(0, 0.99) } }),
  layers: int(1, 3),
  second: int(32, 256, { step: 32, when: { layers: { minimum: 2 } } }),
  data: { scaling: choice(['standard', 'minmax']) },
};

describe('a study', () => {
  test('gives values nested and typed as its space', () => {
    const study = new Study({ space, seed: 1 });
    for (let n = 0; n < 50; n++) {
      const values = study.ask()?.values;
      if (!values) throw new Error('random sampling does not end');
      expectTypeOf(values.second).toEqualTypeOf<number | undefined>();
      expectTypeOf(values.data.scaling).toEqualTypeOf<'standard' | 'minmax'>();
      expect(values.second !== undefined).toBe(values.layers >= 2);
      if (values.optimizer.type === 'sgd') expect(values.optimizer.momentum).toBeLessThan(0.99);
      else expect(values.optimizer).toEqual({ type: 'adam' });
      expect(['standard', 'minmax']).toContain(values.data.scaling);
    }
  });

  test('asks for fixed values in place of suggested ones', () => {
    const study = new Study({ space });
    const trial = study.ask({ learningRate: 0.01, layers: 1, second: 32 });
    expect(trial?.values).toMatchObject({ learningRate: 0.01, layers: 1 });
    expect(trial?.parameters).not.toHaveProperty('second');
    expect(() => study.ask({ learningRate: 1 })).toThrow(
      'fixed.learningRate: expected a number from 0.00001 to 0.1, received 1.',
    );
    expect(() => study.ask({ learningrate: 0.01 })).toThrow("Did you mean 'learningRate'?");
  });

  test('takes null for a value when it is an option', () => {
    const study = new Study({ space: { depth: choice([1, 2, 3, null]) } });
    for (let count = 0; count < 8; count++) {
      expect(study.ask({ depth: null })?.values.depth).toBeNull();
    }
  });

  test('knows its best trial in either direction, and nothing of failed ones', () => {
    for (const [direction, best] of [
      ['minimize', 2],
      ['maximize', 1],
    ] as const) {
      const study = new Study({ space, direction });
      expect(study.best).toBeNull();
      for (const value of [2, 3, 1, Number.NaN, Number.POSITIVE_INFINITY])
        study.ask()?.complete(value);
      study.ask()?.fail(new Error('out of memory'));
      expect(study.best?.number).toBe(best);
      expect(study.trials.map(({ state }) => state)).toEqual([
        ...['complete', 'complete', 'complete'],
        ...['failed', 'failed', 'failed'],
      ]);
      expect(study.trials[3]?.error).toBe('the value was NaN');
      expect(study.trials[5]?.error).toBe('out of memory');
    }
  });

  test('is what its events say, also after a detour through JSON', () => {
    const events: StudyEvent[] = [];
    const onEvent = (event: StudyEvent) => events.push(event);
    const study = new Study({ space, seed: 7, onEvent, now: () => 1000 });
    for (const value of [3, 1, 2]) {
      const trial = study.ask();
      trial?.report(0, value);
      trial?.report(1, Number.NaN);
      trial?.setAttribute('seconds', [value, null]);
      trial?.complete(value);
    }
    const open = study.ask();
    open?.report(0, 4);
    open?.setAttribute('note', 'slow');
    const written = JSON.parse(JSON.stringify(events)) as StudyEvent[];
    const resumed = new Study({ space, seed: 7, events: written, now: () => 1000 });
    expect(resumed.trials).toEqual(study.trials);
    expect(resumed.restart(3).record).toEqual({ ...open?.record, reports: [], attributes: {} });
    expect(resumed.ask()?.parameters).toEqual(study.ask()?.parameters);
  });

  test('keeps attributes with a trial, of which the last of a name counts', () => {
    const study = new Study({ space });
    const trial = study.ask();
    expect(trial?.record.attributes).toEqual({});
    trial?.setAttribute('rows', 10);
    trial?.setAttribute('folds', [{ value: 0.5 }, null]);
    trial?.setAttribute('rows', 20);
    trial?.complete(1);
    expect(study.trials[0]?.attributes).toEqual({ rows: 20, folds: [{ value: 0.5 }, null] });
    expect(() => study.ask()?.setAttribute('rows', Number.NaN)).toThrow('attributes.rows');
    expect(() => trial?.setAttribute('rows', 1)).toThrow(StateError);
  });

  test('refuses what cannot follow, before anyone is told of it', () => {
    const events: StudyEvent[] = [];
    const study = new Study({ space, onEvent: (event) => events.push(event) });
    const trial = study.ask();
    trial?.report(3, 1);
    expect(() => trial?.report(3, 1)).toThrow(
      'trials[0]: expected a step above 3, received step 3.',
    );
    trial?.prune();
    expect(() => trial?.complete(1)).toThrow(StateError);
    expect(() => study.tell(5, { state: 'pruned' })).toThrow('one that has not started');
    expect(events.map(({ type }) => type)).toEqual(['started', 'reported', 'finished']);
  });

  test('refuses a space that makes no sense', () => {
    const study = (bad: ConstructorParameters<typeof Study>[0]['space']) =>
      new Study({ space: bad });
    expect(() => study({})).toThrow('space: expected one or more parameters');
    expect(() => study({ a: float(0, 1, { when: { b: 1 } }), b: int(0, 1) })).toThrow(
      'Declare the parameter in front of this one.',
    );
    expect(() => float(0, 1, { log: true })).toThrow(ArgumentError);
    expect(() => float(2, 1)).toThrow('high: expected 2 or more, received 1.');
    expect(() => choice([1, 1])).toThrow('all different');
  });
});

describe('a listener', () => {
  test('finds done what it is told of, and may act on it', () => {
    const seen: (number | undefined)[] = [];
    const study: Study = new Study({
      space: { x: float(0, 1) },
      onEvent: (event) => {
        if (event.type === 'started') study.report(event.number, 1, 5);
        if (event.type === 'finished') seen.push(study.best?.value);
      },
    });
    const trial = study.ask();
    expect(() => trial?.report(1, 4)).toThrow('expected a step above 1');
    trial?.complete(3);
    expect(seen).toEqual([3]);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no connection');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no connection'))],
  ])('that %s undoes nothing, and is heard of by the next ask', async (_, fail) => {
    const events: string[] = [];
    let isBroken = true;
    const study = new Study({
      space: { x: float(0, 1) },
      onEvent: ({ type }) => {
        events.push(type);
        return isBroken ? fail() : undefined;
      },
    });
    const trial = study.ask();
    expect(trial?.complete(1).state).toBe('complete');
    await nextTurn();
    isBroken = false;
    expect(() => study.ask()).toThrow('no connection');
    expect(study.ask()?.number).toBe(1);
    expect(events).toEqual(['started', 'finished', 'started']);
  });
});

describe('a study answers', () => {
  const anything = (value: unknown) => value as never;
  const range = { x: float(0, 1) };
  const study = (options: object = {}) => new Study({ space: range, ...options });
  const asked = () => {
    const open = study();
    open.ask();
    return open;
  };
  const cyclic: Record<string, unknown> = {};
  cyclic.itself = cyclic;
  const sampler = (suggest: unknown) => ({ name: 'mine', options: {}, suggest: () => suggest });
  const pruner = (verdict: unknown) => ({
    ...{ name: 'mine', options: {} },
    shouldPrune: () => verdict,
  });
  test.each<[string, () => unknown, string]>([
    ['no options', () => new Study(anything(undefined)), 'options: expected an object'],
    ['no space', () => new Study(anything({})), 'space: expected an object'],
    ['a sampler by its name', () => study({ sampler: 'tpe' }), 'sampler: expected an object with'],
    ['a function', () => study({ sampler: () => 1 }), 'Call the function, as in `sampler: tpe'],
    ['a pruner by its name', () => study({ pruner: 'median' }), 'pruner: expected an object'],
    ['a nameless one', () => study({ sampler: { suggest: () => 1 } }), 'sampler.name: expected'],
    ['null', () => study({ sampler: null }), 'sampler: expected an object'],
    ['a listener of 5', () => study({ onEvent: 5 }), 'onEvent: expected a function'],
    ['a clock of 5', () => study({ now: 5 }), 'now: expected a function'],
    ['a clock that stands at NaN', () => study({ now: () => Number.NaN }).ask(), 'now(): expected'],
    ['a clock of texts', () => study({ now: () => '0' }).ask(), 'now(): expected a finite number'],
    ['events of 5', () => study({ events: 5 }), 'events: expected an iterable'],
    ['an event of 5', () => study({ events: [5] }), 'events[0]: expected an object'],
    [
      'an event of an unknown type',
      () => study({ events: [{ type: 'toString' }] }),
      'events[0]: expected an event of a study: directed, started,',
    ],
    [
      'an event with more than is known',
      () => study({ events: [{ type: 'restarted', number: 0, at: 0, by: 'me' }] }),
      'events[0].by: expected one of the fields of',
    ],
    ['fixed null', () => study().ask(anything(null)), 'fixed: expected an object'],
    ['a cycle', () => study().ask(anything({ x: cyclic })), 'fixed.x: expected a number'],
    ['no outcome', () => asked().tell(0, anything(undefined)), 'outcome: expected an object'],
    ['a wrong state', () => asked().tell(0, anything({ state: 'ok' })), 'outcome.state: expected'],
    [
      'a value that is a text',
      () => asked().tell(0, anything({ state: 'complete', value: '1' })),
      'outcome.value: expected a number, received "1"',
    ],
    [
      'a number in a text',
      () => asked().report(anything('0'), 1, 1),
      'number: expected an integer',
    ],
    ['a text reported', () => asked().report(0, 1, anything('1')), 'value: expected a number'],
    ['a symbol', () => asked().setAttribute(0, anything(Symbol('a')), 1), 'name: expected a text'],
    ['a number as name', () => asked().setAttribute(0, anything(0), 1), 'name: expected a text'],
    ['holes', () => asked().setAttribute(0, 'a', new Array(2 ** 32 - 1)), 'attributes.a[0]: exp'],
    ['a restart of nothing', () => study().restart(0), 'trials[0]: expected'],
    ['values of nothing', () => study().valuesOf(anything(null)), 'trial: expected an object'],
    [
      'a suggestion that is none',
      () => study({ sampler: sampler(undefined) }).ask(),
      "sampler.suggest: expected an object, received undefined from the sampler 'mine'",
    ],
    [
      'a suggestion out of the space',
      () => study({ sampler: sampler({ x: 5 }) }).ask(),
      "sampler.suggest.x: expected a number from 0 to 1, received 5 from the sampler 'mine'",
    ],
    [
      'a suggestion of an unknown name',
      () => study({ sampler: sampler({ y: 0.5 }) }).ask(),
      'sampler.suggest.y: expected a parameter of the space',
    ],
    [
      'a suggestion that comes later',
      () => study({ sampler: sampler(Promise.reject(new Error('late'))) }).ask(),
      "received a Promise from the sampler 'mine'",
    ],
    [
      'a verdict that is none',
      () =>
        study({ pruner: pruner('yes') })
          .ask()
          ?.report(1, 1),
      'pruner.shouldPrune: expected true or false, received "yes" from the pruner \'mine\'',
    ],
  ])('%s', (_, act, message) => {
    expect(act).toThrow(LayerwiseError);
    expect(act).toThrow(message);
  });

  test('events that cannot be iterated', () => {
    const none = [{ [Symbol.iterator]: 5 }, { [Symbol.iterator]: () => 5 }, 5, {}];
    const foreign = [new Proxy(new Float32Array(2), {}), Object.create(new Map())];
    for (const events of [...none, ...foreign]) {
      expect(() => new Study({ space, events } as never)).toThrow(
        'events: expected an iterable of events',
      );
    }
  });

  test('errors that have no text', () => {
    const trial = asked();
    const odd = Object.assign(new Error('x'), { message: Object.create(null) });
    expect(trial.tell(0, { state: 'failed', error: odd }).error).toBe('a value that has no text');
  });
});
