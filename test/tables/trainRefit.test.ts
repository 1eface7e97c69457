import { describe, expect, test } from 'vitest';
import { dense, type History, matrix, sequential } from '../../lib/index.js';
import { sharedTime } from '../../lib/tables/timeBudget.js';
import { hasRefit, type RefitTraining, trainRefit } from '../../lib/tables/trainRefit.js';
import { clusters } from '../model/data.js';

const { inputs, targets } = clusters(90);
const rows = (start: number, end: number) => ({
  inputs: matrix(Float32Array.from(inputs.values).subarray(2 * start, 2 * end), end - start, 2),
  targets: Int32Array.from(targets).subarray(start, end),
});

interface Asked {
  readonly rows: number;
  readonly heldOut: number | undefined;
  readonly epochs: number;
  readonly timeLimit: number | undefined;
}

/** A training whose histories may be made otherwise, and what was asked for. */
function training(
  changed: (history: History, asked: Asked) => Partial<History> = () => ({}),
  timeLimit?: number,
): RefitTraining & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    ...{ asked, training: rows(0, 60), heldOut: rows(60, 90), all: rows(0, 90) },
    ...{ task: 'classification', seed: 5, epochs: 12, threads: 1, calibrates: true },
    budget: sharedTime(timeLimit),
    build: (seed) =>
      sequential([dense(8, { activation: 'relu' }), dense(3, { activation: 'softmax' })], {
        ...{ inputSize: 2, seed },
      }),
    async train(model, { rows: own, heldOut, epochs, timeLimit: limit }) {
      const own_ = { rows: own.inputs.rows, heldOut: heldOut?.inputs.rows };
      asked.push({ ...own_, epochs, timeLimit: limit });
      const history = await model.fit(own, {
        ...{ epochs, threads: 1 },
        ...(heldOut && { validation: { data: heldOut }, earlyStopping: { patience: epochs } }),
      });
      return { ...history, ...changed(history, asked.at(-1) as Asked) };
    },
  };
}

describe('a network that is trained once more', () => {
  test('learns from all rows for as many epochs as were best, and is as calibrated as the first', async () => {
    const best = training(({ epochs }, { heldOut }) => ({
      ...(heldOut !== undefined && { bestEpoch: Math.min(7, epochs.length) }),
    }));
    const trained = await trainRefit(best);
    expect(best.asked).toMatchObject([
      { rows: 60, heldOut: 30, epochs: 12 },
      { rows: 90, heldOut: undefined, epochs: 7 },
    ]);
    expect(trained.judgement).toMatchObject({ rows: 30, folds: 1, scoreSpread: 0 });
    expect(hasRefit(trained)).toBe(true);
    const alone = best.build(5, { member: 1, members: 1 });
    await best.train(
      alone as never,
      { rows: rows(0, 90), heldOut: null, epochs: 7, timeLimit: undefined },
      { member: 1, members: 1 },
    );
    const [network] = trained.networks;
    const bias = (model: typeof network) => [...model.getParameter('2.bias')];
    const divided = bias(alone as never).map((value) =>
      Math.fround(value / (trained.temperature ?? 1)),
    );
    expect(bias(network)).toEqual(divided);
  });

  test.each(['stopped', 'timeLimit'] as const)(
    'is the one that was judged, where the last training ends as %s',
    async (stopReason) => {
      const ended = training((_, { heldOut }) => (heldOut === undefined ? { stopReason } : {}));
      const trained = await trainRefit(ended);
      expect(trained).toMatchObject({ stopReason, histories: { length: 2 } });
      expect(hasRefit(trained)).toBe(false);
      const judged = training();
      const whole = await trainRefit({ ...judged, calibrates: false });
      expect(trained.networks[0].getParameter('0.weight')).not.toEqual(
        whole.networks[0].getParameter('0.weight'),
      );
    },
  );

  test('is not, where the first training is stopped, or no epoch of it ends', async () => {
    const stopped = training(() => ({ stopReason: 'stopped' }));
    expect((await trainRefit(stopped)).histories).toHaveLength(1);
    const none = training(() => ({ stopReason: 'timeLimit', bestEpoch: null, epochs: [] }));
    expect((await trainRefit(none)).histories).toHaveLength(1);
  });

  test('has what the first training leaves of a limit of time', async () => {
    const limited = training(() => ({ seconds: 10 }), 100);
    await trainRefit(limited);
    expect(limited.asked.map(({ timeLimit }) => timeLimit)).toEqual([45, 90]);
  });
});
