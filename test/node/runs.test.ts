/** Runs on their own threads: events, promises, states. */

import { describe, expect, test } from 'vitest';
import { type NativeEvent, type NativeNetwork, native } from '../../lib/native.js';
import {
  classificationData,
  classifierSpec,
  columns,
  endless,
  fingerprint,
  fitOptions,
  predictRows,
} from './programs/samples.mjs';

const addon = native();
const data = classificationData(addon);

function newNetwork(): NativeNetwork {
  return new addon.Network(classifierSpec());
}

function epochsOf(events: readonly NativeEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'epoch' ? [event.epoch] : []));
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('events', () => {
  test('every epoch comes once, in order, before the promise settles', async () => {
    for (let round = 0; round < 10; round++) {
      const events: NativeEvent[] = [];
      const run = newNetwork().fit(data, fitOptions({ epochs: 50 }), (some) => {
        events.push(...some);
      });
      const history = await run.promise;
      expect(epochsOf(events)).toEqual(upTo(50));
      const records = events.flatMap((event) => {
        if (event.type !== 'epoch') return [];
        const { type: _, ...record } = event;
        return [record];
      });
      expect(history.epochs).toEqual(records);
    }
  });

  test('a slow listener gets what came meanwhile together', async () => {
    const deliveries: number[][] = [];
    const options = fitOptions({ epochs: 2000, batchSize: 240 });
    const run = newNetwork().fit(data, options, (events) => {
      deliveries.push(epochsOf(events));
      for (let i = 0; i < 1e6; i++) Math.sqrt(i);
    });
    await run.promise;
    expect(deliveries.flat()).toEqual(upTo(2000));
    expect(deliveries.length).toBeLessThan(1000);
  });

  test('progress tells how far the epoch is and never comes after its end', async () => {
    const events: NativeEvent[] = [];
    const run = newNetwork().fit(
      data,
      fitOptions({ epochs: 20, progressIntervalMs: 0 }),
      (some) => {
        expect(some.length).toBeGreaterThan(0);
        events.push(...some);
      },
    );
    await run.promise;
    let [epoch, batch] = [0, 0];
    for (const event of events) {
      if (event.type === 'epoch') {
        expect(event.epoch).toBe(epoch + 1);
        [epoch, batch] = [event.epoch, 0];
        continue;
      }
      if (event.type !== 'progress') throw new Error(event.type);
      expect(event.epoch).toBe(epoch + 1);
      expect(event.batch).toBeGreaterThan(batch);
      expect(event.batch).toBeLessThan(event.batches);
      expect(event.batches).toBe(15);
      batch = event.batch;
    }
    expect(epoch).toBe(20);
  });

  test('are plain data', async () => {
    const events: NativeEvent[] = [];
    const options = fitOptions({ epochs: 1, validation: { split: 0.25 } });
    await newNetwork().fit(data, options, (some) => events.push(...some)).promise;
    expect(events).toEqual([
      {
        type: 'epoch',
        epoch: 1,
        epochs: 1,
        loss: expect.any(Number),
        metrics: { accuracy: expect.any(Number) },
        validation: { loss: expect.any(Number), metrics: { accuracy: expect.any(Number) } },
        learningRate: expect.any(Number),
        seconds: expect.any(Number),
        rowsPerSecond: expect.any(Number),
      },
    ]);
  });

  test('a run without a listener is a run like any other', async () => {
    const { fit } = addon.Network.prototype as {
      fit: (...words: unknown[]) => { promise: unknown };
    };
    const history = await fit.call(newNetwork(), data, fitOptions()).promise;
    expect(history).toMatchObject({ stopped: false });
  });
});

describe('stop()', () => {
  test('ends the run after the current batch', async () => {
    const run = newNetwork().fit(data, endless, () => run.stop());
    const history = await run.promise;
    expect(history.stopped).toBe(true);
  });

  test('works before the run has begun', async () => {
    const run = newNetwork().fit(data, endless, () => {});
    run.stop();
    expect(await run.promise).toMatchObject({ stopped: true });
  });

  test('may be called again, later, detached, and when the run is gone', async () => {
    const { stop, promise } = newNetwork().fit(data, endless, () => {});
    stop();
    stop();
    await promise;
    stop();
    expect(stop()).toBeUndefined();
  });
});

describe('while a network trains', () => {
  test('a second run and changed parameters are refused, reading is not', async () => {
    const network = newNetwork();
    const weight = network.getParameter('0.weight');
    const run = network.fit(data, endless, () => {});
    const state = expect.objectContaining({ code: 'LAYERWISE', kind: 'state' });
    expect(() => network.fit(data, fitOptions(), () => {})).toThrow(state);
    expect(() => network.setParameter('0.weight', weight)).toThrow(state);
    expect(network.getParameter('0.weight')).toHaveLength(weight.length);
    expect(predictRows(network, new Float32Array(columns))).toHaveLength(3);
    const [evaluation, outputs] = await Promise.all([
      network.evaluate(data, { loss: { type: 'crossEntropy' }, metrics: [] }),
      network.predict(new Float32Array(2 * columns), 2, { threads: 2 }),
    ]);
    expect(evaluation.loss).toBeGreaterThan(0);
    expect(outputs).toHaveLength(6);
    run.stop();
    await run.promise;
    network.setParameter('0.weight', weight);
  });

  test('the next run may begin as soon as the promise settles', async () => {
    const network = newNetwork();
    const diverging = fitOptions({ optimizer: { type: 'sgd', learningRate: 1e30 } });
    for (let round = 0; round < 20; round++) {
      await network.fit(data, fitOptions({ epochs: 1 }), () => {}).promise;
      const failure = await new addon.Network(classifierSpec())
        .fit(data, diverging, () => {})
        .promise.catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'divergence' });
    }
    for (let round = 0; round < 20; round++) {
      await expect(network.fit(data, diverging, () => {}).promise).rejects.toMatchObject({
        kind: 'divergence',
      });
    }
  });

  test('the listener may begin a run of another network and stop its own', async () => {
    const other = newNetwork();
    let nested: Promise<unknown> | undefined;
    const run = newNetwork().fit(data, endless, () => {
      nested ??= other.fit(data, fitOptions(), () => {}).promise;
      run.stop();
    });
    await run.promise;
    expect(await nested).toMatchObject({ stopped: false });
  });
});

test('many runs at once give what each gives alone', async () => {
  const train = async (seed: number) => {
    const network = new addon.Network(classifierSpec(24, seed));
    await network.fit(data, fitOptions({ threads: 1 + (seed % 4) }), () => {}).promise;
    return fingerprint(network);
  };
  const seeds = upTo(8);
  const together = await Promise.all(seeds.map(train));
  for (const seed of seeds) expect(await train(seed)).toBe(together[seed - 1]);
});

test('predictions of one series wait for each other, those of several run side by side', async () => {
  const network = newNetwork();
  const rows = 700;
  const batches = upTo(12).map((seed) =>
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(seed * 100 + i)),
  );
  const expected = batches.map((inputs) => predictRows(network, inputs));
  const outputs = await Promise.all(
    batches.map((inputs, i) => network.predict(inputs, rows, { threads: 2, series: i % 3 })),
  );
  expect(outputs).toEqual(expected);
});

test('a prediction of numbers that are not finite does not begin', () => {
  const network = newNetwork();
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const inputs = new Float32Array(5000 * columns);
    inputs[inputs.length - 1] = wrong;
    expect(network.predict(inputs, 5000, {})).toBeUndefined();
  }
});

test('what a run reads may change or go away outside', async () => {
  const inputs = Float32Array.from({ length: 1000 * columns }, (_, i) => Math.sin(i));
  const network = newNetwork();
  const expected = predictRows(network, inputs);
  const promise = network.predict(inputs, 1000, {});
  inputs.fill(Number.NaN);
  structuredClone(inputs.buffer, { transfer: [inputs.buffer] });
  expect(await promise).toEqual(expected);
});
