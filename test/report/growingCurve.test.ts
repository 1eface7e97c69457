import { expect, test } from 'vitest';
import { GrowingCurve } from '../../lib/report/live/growingCurve.js';

test('a curve that grows takes bounded memory, and has its first epoch and its last', () => {
  const curve = new GrowingCurve({ member: 2 });
  for (let epoch = 1; epoch <= 100_000; epoch++) {
    curve.add({ epoch, loss: 1 / epoch, metrics: {}, validation: null, learningRate: 0.1 });
    if (epoch === 1500) expect(curve.epochs().epochs).toHaveLength(1500);
  }
  const { epochs, trained, member } = curve.epochs();
  expect({ trained, member }).toEqual({ trained: 100_000, member: 2 });
  expect(epochs.length).toBeGreaterThan(1000);
  expect(epochs.length).toBeLessThan(2002);
  expect([epochs[0]?.epoch, epochs.at(-1)?.epoch]).toEqual([1, 100_000]);
  const steps = new Set(
    epochs.slice(1, -1).map(({ epoch }, at) => epoch - (epochs[at]?.epoch ?? 0)),
  );
  expect(steps.size).toBe(1);
});
