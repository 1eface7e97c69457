import { describe, expect, expectTypeOf, test } from 'vitest';
import { ArgumentError, StateError } from '../../lib/errors.js';
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
