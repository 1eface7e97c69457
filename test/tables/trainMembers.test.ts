import { describe, expect, test } from 'vitest';
import type { TableSchema } from '../../lib/data/tableSchema.js';
import { dense, matrix, sequential } from '../../lib/index.js';
import { memberFolds } from '../../lib/tables/memberFolds.js';
import { sharedTime } from '../../lib/tables/timeBudget.js';
import { type MemberTraining, trainMembers } from '../../lib/tables/trainMembers.js';
import { clusters } from '../model/data.js';

const { inputs, targets } = clusters(90);
const data = {
  inputs: matrix(Float32Array.from(inputs.values), 90, 2),
  targets: Int32Array.from(targets),
  groups: null,
};

const numbers = { type: 'number', mean: 0, deviation: 1, missingIndicator: false } as const;
const schema: TableSchema = {
  ...{ kind: 'table', header: true },
  columns: [
    { name: 'x', ...numbers },
    { name: 'y', ...numbers },
  ],
  target: { name: 'kind', type: 'classes', classes: ['a', 'b', 'c'], numeric: false },
};

function training(changes: Partial<MemberTraining> = {}): MemberTraining {
  return {
    ...{ schema, goesOn: false },
    ...{ data, task: 'classification', members: 3, seed: 5, calibrates: true, threads: 1 },
    budget: sharedTime(undefined),
    build: (seed) =>
      sequential([dense(8, { activation: 'relu' }), dense(3, { activation: 'softmax' })], {
        inputSize: 2,
        seed,
      }),
    train: (model, rows, _, timeLimit) =>
      Promise.resolve(model.fit(rows.training, { epochs: 5, seed: 5, threads: 1, timeLimit })),
    ...changes,
  };
}

test('every row is held out once, with the same shares of classes', () => {
  const folds = [...memberFolds(data, { members: 3, seed: 1, task: 'classification' })];
  const held = folds.flatMap(({ heldOutRows }) => [...heldOutRows]).sort((a, b) => a - b);
  expect(held).toEqual(Array.from({ length: 90 }, (_, row) => row));
  for (const { training, heldOut, heldOutRows } of folds) {
    expect(training.inputs.rows + heldOut.inputs.rows).toBe(90);
    expect([...heldOut.targets]).toEqual([...heldOutRows].map((row) => data.targets[row]));
    for (const kind of [0, 1, 2]) {
      const rowsOf = (part: ArrayLike<number>) =>
        Array.from(part).filter((own) => own === kind).length;
      expect(Math.abs(rowsOf(heldOut.targets) - rowsOf(data.targets) / 3)).toBeLessThan(1);
    }
  }
});

test('groups stay together', () => {
  const groups = Int32Array.from({ length: 90 }, (_, row) => row % 9);
  for (const { heldOutRows } of memberFolds(
    { ...data, groups },
    { members: 3, seed: 1, task: 'classification' },
  )) {
    const held = new Set([...heldOutRows].map((row) => row % 9));
    expect(heldOutRows).toHaveLength(10 * held.size);
  }
});

describe('networks that predict together', () => {
  test('start from weights of their own, and are the same for the same seed', async () => {
    const [first, second] = [await trainMembers(training()), await trainMembers(training())];
    expect(first.networks).toHaveLength(3);
    const weights = first.networks.map((network) => [...network.getParameter('0.weight')]);
    expect(weights[0]).not.toEqual(weights[1]);
    expect(second.networks.map((network) => [...network.getParameter('0.weight')])).toEqual(
      weights,
    );
    expect(second.judgement).toEqual(first.judgement);
    expect(first.judgement).toMatchObject({ rows: 90, folds: 3 });
    expect(first.temperature).toBeGreaterThan(0);
  });

  test('leave the networks that had ended before one was stopped', async () => {
    let begun = 0;
    const stopped = training({
      train: (model, rows) => {
        const run = model.fit(rows.training, { epochs: 1000, threads: 1 });
        begun++;
        run.stop();
        return Promise.resolve(run);
      },
    });
    // The first is kept as it is.
    expect((await trainMembers(stopped)).networks).toHaveLength(1);
    expect(begun).toBe(1);
  });

  test('say that they were stopped, though the one that was is left out', async () => {
    const stopped = training({
      train: (model, rows, { member }) => {
        const run = model.fit(rows.training, { epochs: member === 1 ? 1 : 1000, threads: 1 });
        if (member === 2) run.stop();
        return Promise.resolve(run);
      },
    });
    const { networks, stopReason } = await trainMembers(stopped);
    expect({ networks: networks.length, stopReason }).toEqual({
      networks: 1,
      stopReason: 'stopped',
    });
  });

  test('share a limit of time', async () => {
    const shares: (number | undefined)[] = [];
    await trainMembers(
      training({
        budget: sharedTime(90),
        train: async (model, rows, _, limit) => {
          shares.push(limit);
          return { ...(await model.fit(rows.training, { epochs: 1, threads: 1 })), seconds: 10 };
        },
      }),
    );
    expect(shares).toEqual([30, 40, 70]);
  });
});
