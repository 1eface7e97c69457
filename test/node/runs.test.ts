/** Runs on their own threads: events, promises, states. */

import { describe, expect, test } from 'vitest';
import { type NativeNetwork, type NativeReport, native } from '../../lib/native.js';
import {
  classificationData,
  classifierSpec,
  columns,
  endless,
  epochsOf,
  fingerprint,
  fitOptions,
  predictRows,
  rowsOf,
} from './programs/samples.mjs';

const addon = native();
const data = classificationData(addon);

function newNetwork(): NativeNetwork {
  return new addon.Network(classifierSpec());
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('events', () => {
  test('every epoch comes once, in order, before the promise settles', async () => {
    for (let round = 0; round < 10; round++) {
      const epochs: number[] = [];
      const run = newNetwork().fit(data, fitOptions({ epochs: 50 }), (report) => {
        epochs.push(...epochsOf(report, run.shape));
      });
      await run.promise;
      expect(epochs).toEqual(upTo(50));
    }
  });

  test('a slow listener gets what came meanwhile together', async () => {
    const deliveries: number[][] = [];
    const options = fitOptions({ epochs: 2000, batchSize: 240 });
    const run = newNetwork().fit(data, options, (report) => {
      deliveries.push(epochsOf(report, run.shape));
      for (let i = 0; i < 1e6; i++) Math.sqrt(i);
    });
    await run.promise;
    expect(deliveries.flat()).toEqual(upTo(2000));
    expect(deliveries.length).toBeLessThan(1000);
  });

  test('progress tells how far the epoch is and never comes after its end', async () => {
    const reports: NativeReport[] = [];
    const run = newNetwork().fit(
      data,
      fitOptions({ epochs: 20, progressIntervalMs: 0 }),
      (report) => {
        expect(report.epochs.length > 0 || report.progress !== undefined).toBe(true);
        reports.push(report);
      },
    );
    await run.promise;
    let [epoch, batch] = [0, 0];
    for (const report of reports) {
      const ended = epochsOf(report, run.shape);
      expect(ended).toEqual(ended.map((_, index) => epoch + index + 1));
      if (ended.length > 0) [epoch, batch] = [epoch + ended.length, 0];
      const { progress } = report;
      if (progress === undefined) continue;
      expect(progress.epoch).toBe(epoch + 1);
      expect(progress.batch).toBeGreaterThan(batch);
      expect(progress.batch).toBeLessThan(progress.batches);
      expect(progress.batches).toBe(15);
      batch = progress.batch;
    }
    expect(epoch).toBe(20);
  });

  test('are numbers, whose places follow from the shape of the run', async () => {
    const reports: NativeReport[] = [];
    const options = fitOptions({ epochs: 1, validation: { split: 0.25 } });
    const run = newNetwork().fit(data, options, (report) => reports.push(report));
    expect(run.shape).toEqual({
      epochs: 1,
      rows: 180,
      validationRows: 60,
      hasHeads: false,
      outputs: [{ name: '', metrics: ['accuracy'] }],
    });
    await run.promise;
    expect(reports).toEqual([{ epochs: expect.any(Float64Array), statistics: [] }]);
    const [row = []] = reports.flatMap((report) => rowsOf(report, run.shape));
    expect(row).toHaveLength(4 + 2 + 1 + 2);
    expect(row.every(Number.isFinite)).toBe(true);
    expect([row[0], row[6]]).toEqual([1, 1]);
  });

  test('of a network of several outputs have the metrics of all, then the losses of each', async () => {
    const head = (units: number) => [{ type: 'dense', units, activation: 'softmax' }];
    const spec = {
      ...classifierSpec(),
      layers: [{ type: 'heads', heads: { a: head(3), b: head(3) } }],
    };
    const targets = Array.from(
      { length: 2 },
      () => ({ target: 'classes', targetColumns: 3 }) as const,
    );
    const both = new addon.Dataset({ rows: 6, columns, inputType: 'float32', targets });
    both.writeInputs(0, new Float32Array(6 * columns).fill(0.5));
    for (const output of [0, 1]) both.writeTargets(0, Int32Array.of(0, 1, 2, 0, 1, 2), output);
    const { loss, metrics: _, ...options } = fitOptions({ epochs: 2 }) as Record<string, unknown>;
    const outputs = { a: { loss, metrics: ['accuracy'], weight: 2 }, b: { loss } };
    const rows: number[][] = [];
    const run = new addon.Network(spec as never).fit(
      both,
      { ...options, batchSize: 6, outputs },
      (report) => {
        rows.push(...rowsOf(report, run.shape));
      },
    );
    await run.promise;
    expect(run.shape).toMatchObject({ hasHeads: true, outputs: [{ name: 'a' }, { name: 'b' }] });
    expect(rows).toHaveLength(2);
    const [epoch, , , , sum = 0, accuracy, lossOfA = 0, lossOfB = 0] = rows[0] ?? [];
    expect(epoch).toBe(1);
    expect(accuracy).toBeCloseTo(1 / 3);
    expect(2 * lossOfA + lossOfB).toBeCloseTo(sum, 5);
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
