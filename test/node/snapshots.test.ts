/** States of runs as they cross the boundary: snapshots on the way, the state of the end, and going on from one. */

import { describe, expect, test } from 'vitest';
import {
  type NativeNetwork,
  type NativeReport,
  type NativeRun,
  type NativeRunState,
  type NativeTrainer,
  native,
} from '../../lib/native.js';
import {
  classificationData,
  classifierSpec,
  columns,
  endless,
  fingerprint,
  fitOptions,
  rowsOf,
} from './programs/samples.mjs';

const addon = native();
const data = classificationData(addon);

function newNetwork(): NativeNetwork {
  return new addon.Network(classifierSpec());
}

/** The numbers of the epochs but for those of time: seconds, and rows per second. */
const timeless = (rows: readonly number[][]) =>
  rows.map((row) => row.filter((_, place) => place !== 2 && place !== 3));

interface Training {
  readonly states: readonly NativeRunState[];
  readonly rows: readonly number[][];
  readonly bits: string;
  readonly end: NativeRunState | undefined;
}

/** Trains with a snapshot after every update, of which copies are kept. */
async function train(options: object, from?: NativeRunState): Promise<Training> {
  const network = newNetwork();
  const states: NativeRunState[] = [];
  const rows: number[][] = [];
  const run: NativeRun = network.fit(
    data,
    fitOptions(options),
    (report) => {
      rows.push(...rowsOf(report, run.shape));
      if (report.snapshot === undefined) return;
      expect(report.snapshot.epoch - (from?.epoch ?? 0)).toBe(rows.length);
      states.push(structuredClone(report.snapshot));
      run.snapshotWritten();
    },
    undefined,
    from,
  );
  const { state } = await run.promise;
  return { states, rows, bits: fingerprint(network), end: structuredClone(state) };
}

describe('a run that goes on from a state', () => {
  test('ends with the same bits', async () => {
    const options = { epochs: 30, validation: { split: 0.2 }, metrics: ['accuracy', 'rocAuc'] };
    const whole = await train({ ...options, snapshots: { everyUpdates: 1 } });
    expect(whole.states).not.toEqual([]);
    for (const state of [...whole.states.slice(0, 8), whole.end]) {
      const { bits, rows } = await train({ ...options, threads: 2 }, state);
      expect(bits).toBe(whole.bits);
      expect(timeless(rows)).toEqual(timeless(whole.rows).slice(state?.epoch));
    }
  });

  test('does so after any number of stops', async () => {
    const whole = await train({ epochs: 3 });
    let state: NativeRunState | undefined;
    let bits = '';
    for (let turn = 0; turn < 100 && state?.complete !== true; turn++) {
      const network = newNetwork();
      const options = fitOptions({ epochs: 3, snapshots: { everyUpdates: 4 } });
      const run = network.fit(data, options, () => run.stop(), undefined, state);
      ({ state } = await run.promise);
      state = structuredClone(state);
      bits = fingerprint(network);
    }
    expect(state?.complete).toBe(true);
    expect(bits).toBe(whole.bits);
  });

  test('publishes what the state has at once', async () => {
    const { end, bits } = await train({ snapshots: {} });
    const network = newNetwork();
    const run = network.fit(data, fitOptions(), () => {}, undefined, end);
    const { bestEpoch } = await run.promise;
    expect(bestEpoch).toBeNull();
    expect(fingerprint(network)).toBe(bits);
  });
});

describe('snapshots', () => {
  test('come when they are asked for, and one at a time', async () => {
    const network = newNetwork();
    const snapshots: NativeRunState[] = [];
    const run = network.fit(data, endless, ({ snapshot }: NativeReport) => {
      if (snapshot === undefined) return;
      snapshots.push(snapshot);
      // The second one waits until the first one is written.
      run.snapshot();
      if (snapshots.length === 1) setImmediate(() => run.snapshotWritten());
      else run.stop();
    });
    run.snapshot();
    const { state } = await run.promise;
    expect(state).toBeUndefined();
    expect(snapshots).toHaveLength(2);
  });

  test('lie in the same memory, once that was given back', async () => {
    const buffers: unknown[] = [];
    const run = newNetwork().fit(data, endless, ({ snapshot }) => {
      if (snapshot === undefined) return;
      buffers.push(snapshot.tensors.parameters?.buffer);
      run.snapshotWritten();
      if (buffers.length === 20) run.stop();
      else run.snapshot();
    });
    run.snapshot();
    await run.promise;
    // The first one may have been of the end of an epoch, and so without what is measured within one.
    expect(new Set(buffers.slice(10)).size).toBe(1);
  });

  test('have the parameters of that moment, to be read by their names', async () => {
    const { end, bits } = await train({ snapshots: {} });
    expect(end?.weights).toBe('parameters');
    const network = newNetwork();
    const parameters = end?.tensors.parameters as Float32Array;
    const read = network
      .parameters()
      .map(({ name }) =>
        Buffer.from(network.getParameter(name, parameters).buffer).toString('base64'),
      );
    expect(read.join(' ')).toBe(bits);
    expect(() => network.getParameter('0.weight', parameters.subarray(1))).toThrow('from');
    expect(() => network.getParameter('0.weight', [] as never)).toThrow('Float32Array');
  });

  test('say how far the run was', async () => {
    const { states, end } = await train({ epochs: 2, snapshots: { everyEpochs: 1 } });
    expect(states).toMatchObject([{ epoch: 1, batch: 0, updates: 15, complete: false }]);
    expect(end).toMatchObject({ epoch: 2, batch: 0, updates: 30, complete: true });
  });

  test.each([
    [{ everySeconds: 0 }, 'snapshots.everySeconds'],
    [{ everySeconds: Number.NaN }, 'snapshots.everySeconds'],
    [{ everyEpochs: 0.5 }, 'snapshots.everyEpochs'],
    [{ everyUpdates: 0 }, 'snapshots.everyUpdates'],
    [{ every: 1 }, 'every'],
  ])('%j is refused', (snapshots, path) => {
    expect(() => newNetwork().fit(data, fitOptions({ snapshots }), () => {})).toThrow(path);
  });
});

describe('a state that does not fit', () => {
  const goOn = (state: unknown) =>
    newNetwork().fit(data, fitOptions(), () => {}, undefined, state as never).promise;

  test.each([
    [[], 'state.epoch'],
    ['state', 'state'],
    [{ epoch: -1, batch: 0, tensors: {} }, 'state.epoch'],
    [{ epoch: 0, batch: 0.5, tensors: {} }, 'state.batch'],
    [{ epoch: 0, batch: 0 }, 'state.tensors'],
    [{ epoch: 0, batch: 0, tensors: { parameters: [1] } }, 'state.tensors.parameters'],
    [{ epoch: 0, batch: 0, tensors: { parameters: new Int8Array(1) } }, 'state.tensors.parameters'],
  ])('is an error at once where it is none: %j', (state, path) => {
    expect(() => goOn(state)).toThrow(path);
  });

  test('is an error of the run where its numbers are wrong', async () => {
    const { end } = await train({ snapshots: {} });
    const network = newNetwork();
    const before = fingerprint(network);
    const { tensors, ...place } = end as NativeRunState;
    const wrong = [
      { ...place, tensors: {} },
      { ...place, batch: 16, tensors },
      { ...place, tensors: { ...tensors, lanes: Float64Array.of(3) } },
      { ...place, tensors: { ...tensors, parameters: tensors.parameters?.map(() => Number.NaN) } },
      { ...place, tensors: { ...tensors, more: new Float32Array(1) } },
      { ...place, tensors: { ...tensors, 'optimizer.state0': new Float32Array(columns) } },
    ];
    for (const state of wrong) {
      const run = network.fit(data, fitOptions(), () => {}, undefined, state as never);
      await expect(run.promise).rejects.toThrow();
      expect(fingerprint(network)).toBe(before);
    }
  });

  test('has no scores that cannot be sorted', async () => {
    const options = { metrics: ['rocAuc'] };
    const { states } = await train({ ...options, epochs: 1, snapshots: { everyUpdates: 1 } });
    const { tensors, ...place } = states[0] as NativeRunState;
    const name = 'meter.0.0.column0';
    const scores = tensors[name] as Float32Array;
    const spoilt = { ...place, tensors: { ...tensors, [name]: scores.map(() => Number.NaN) } };
    await expect(train(options, spoilt as NativeRunState)).rejects.toThrow(`state.${name}`);
  });

  test('may be taken away while it is read', async () => {
    const { end } = await train({ snapshots: {} });
    const { tensors, ...place } = end as NativeRunState;
    const taken = new Float32Array(tensors.parameters as Float32Array);
    const getters = Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(tensors).map(([name, values]) => [
          name,
          {
            enumerable: true,
            get: () => {
              if (name !== 'parameters') structuredClone(taken, { transfer: [taken.buffer] });
              return name === 'parameters' ? taken : values;
            },
          },
        ]),
      ),
    );
    await expect(async () => goOn({ ...place, tensors: getters })).rejects.toThrow();
  });
});

describe('the state of a trainer', () => {
  const trainerOptions = { batchSize: 16, optimizer: { type: 'adam' } };
  const inputs = Float32Array.from({ length: 16 * columns }, (_, i) => Math.sin(i));
  const slopes = Float32Array.from({ length: 16 * 3 }, (_, i) => Math.cos(i));
  const step = (trainer: NativeTrainer) => {
    trainer.forward(inputs, 16, true, new Float32Array(16 * 3));
    trainer.backward(slopes);
    trainer.step(0.01);
  };

  test('goes on in another trainer', () => {
    const [network, other] = [newNetwork(), newNetwork()];
    const trainer = new addon.Trainer(network, trainerOptions);
    step(trainer);
    const state = structuredClone(trainer.state());
    step(trainer);
    trainer.publish();
    const next = new addon.Trainer(other, trainerOptions);
    next.setState(state);
    expect(next.updates).toBe(1);
    step(next);
    next.publish();
    expect(fingerprint(other)).toBe(fingerprint(network));
  });

  test('reaches the network', () => {
    const [network, other] = [newNetwork(), newNetwork()];
    const trainer = new addon.Trainer(network, trainerOptions);
    step(trainer);
    trainer.publish();
    const next = new addon.Trainer(other, trainerOptions);
    next.setState(trainer.state());
    next.publish();
    expect(fingerprint(other)).toBe(fingerprint(network));
  });

  test('changes nothing where it does not fit', () => {
    const trainer = new addon.Trainer(newNetwork(), trainerOptions);
    step(trainer);
    const state = structuredClone(trainer.state());
    const { tensors } = state;
    for (const wrong of [
      {},
      { tensors: {} },
      { tensors: { ...tensors, more: new Float32Array(1) } },
      { tensors: { ...tensors, parameters: tensors.parameters?.map(() => Number.NaN) } },
    ]) {
      expect(() => trainer.setState(wrong as never)).toThrow();
      expect(trainer.state()).toEqual(state);
    }
  });
});
