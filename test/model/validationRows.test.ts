/** Which rows a share for validation takes. */

import { describe, expect, test } from 'vitest';
import { DataError, dense, sequential } from '../../lib/index.js';

const inputsOf = (rows: number) =>
  Array.from({ length: rows }, (_, i) => [Math.sin(i), Math.cos(i)]);

const yesOrNo = () =>
  sequential([dense(8, { activation: 'relu' }), dense(1, { activation: 'sigmoid' })], {
    inputSize: 2,
  });
const classifier = () => sequential([dense(3, { activation: 'softmax' })], { inputSize: 2 });

describe('a share for validation', () => {
  test.each([0, 1, 2, 3])('has rows of a rare class (seed %i)', async (seed) => {
    const targets = Array.from({ length: 2000 }, (_, i) => (i % 1000 === 7 ? 1 : 0));
    const { epochs } = await yesOrNo().fit(
      { inputs: inputsOf(2000), targets },
      { epochs: 1, metrics: ['rocAuc'], classWeights: 'balanced', validation: 0.1, seed },
    );
    const { rocAuc } = epochs[0]?.validation?.metrics ?? {};
    expect(rocAuc).toBeGreaterThanOrEqual(0);
    expect(rocAuc).toBeLessThanOrEqual(1);
  });

  test('says so where a class has but one row', async () => {
    const targets = Array.from({ length: 200 }, (_, i) => (i === 7 ? 1 : 0));
    const run = yesOrNo().fit(
      { inputs: inputsOf(200), targets },
      { epochs: 1, metrics: ['rocAuc'], validation: 0.1 },
    );
    await expect(run).rejects.toThrow(DataError);
    await expect(run).rejects.toThrow('rows of label 1 among the rows for validation');
  });

  test('is the same for classes by number, by name and as one-hot rows', async () => {
    const numbers = Array.from({ length: 60 }, (_, i) => (i % 10 === 0 ? 2 : i % 2));
    const classes = ['a', 'b', 'c'] as const;
    const forms = [
      { targets: numbers },
      { targets: numbers.map((each) => classes[each] ?? ''), classes },
      { targets: numbers.map((each) => [0, 1, 2].map((one) => (one === each ? 1 : 0))) },
    ];
    const losses = await Promise.all(
      forms.map(async (form) => {
        const data = { inputs: inputsOf(60), ...form };
        const { epochs } = await classifier().fit(data, { epochs: 2, validation: 0.3 });
        return epochs.map(({ loss, validation }) => [loss, validation?.loss]);
      }),
    );
    expect(losses[1]).toEqual(losses[0]);
    // The losses of classes and of shares round differently.
    expect(losses[2]?.flat()[1]).toBeCloseTo(losses[0]?.flat()[1] ?? Number.NaN, 5);
  });

  test('does not depend on the threads', async () => {
    const targets = Array.from({ length: 300 }, (_, i) => i % 3);
    const [one, three] = await Promise.all(
      [1, 3].map(async (threads) => {
        const data = { inputs: inputsOf(300), targets };
        const { epochs } = await classifier().fit(data, { epochs: 2, validation: 0.21, threads });
        return epochs.map(({ validation }) => validation);
      }),
    );
    expect(three).toEqual(one);
  });
});
