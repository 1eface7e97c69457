/** The schedules, epoch by epoch, against PyTorch's. */

import { describe, expect, test } from 'vitest';
import { sgd } from '../../lib/index.js';
import { scheduleTable } from '../../lib/network/generated.js';
import { readFixture, type ScheduleRates } from './fixtures.js';
import { startingModel, trajectoryData } from './trajectory.js';

const { epochs, learningRate, cases } = readFixture<ScheduleRates>('schedule-rates.json');

test('every schedule has its rates', () => {
  const known = new Set<string>(cases.map(({ schedule }) => schedule.type));
  expect(scheduleTable.filter(({ name }) => !known.has(name))).toEqual([]);
});

test.each(cases)('$schedule', async ({ schedule, rates, losses }) => {
  const history = await startingModel().fit(trajectoryData, {
    epochs,
    batchSize: 6,
    optimizer: sgd({ learningRate }),
    schedule,
  });
  const actual = history.epochs.map((epoch) => epoch.learningRate);
  rates.forEach((rate, epoch) => {
    expect(Math.abs((actual[epoch] ?? Number.NaN) - rate)).toBeLessThanOrEqual(1e-9);
  });
  losses.forEach((loss, epoch) => {
    const ours = history.epochs[epoch]?.loss ?? Number.NaN;
    expect(Math.abs(ours - loss)).toBeLessThanOrEqual(1e-5);
  });
});

describe('a schedule over several batches an epoch', () => {
  const lastRates = async (schedule: Parameters<typeof scheduleOptions>[0]) => {
    const history = await startingModel().fit(trajectoryData, scheduleOptions(schedule));
    return history.epochs.map((epoch) => epoch.learningRate);
  };
  const scheduleOptions = (schedule: ScheduleRates['cases'][number]['schedule']) => ({
    epochs: 4,
    batchSize: 2,
    optimizer: sgd({ learningRate: 0.3 }),
    schedule,
  });

  test('changes the rate with every update', async () => {
    // Three updates an epoch; the last of epoch n begins at n - 1/3.
    const rates = await lastRates({
      type: 'polynomial',
      epochs: 0,
      power: 1,
      minimumRate: 0,
      warmupEpochs: 0,
      warmupFactor: 0.1,
    });
    rates.forEach((rate, index) => {
      expect(rate).toBeCloseTo(0.3 * (1 - (index + 2 / 3) / 4), 12);
    });
  });

  test('warms up within an epoch', async () => {
    const rates = await lastRates({ type: 'constant', warmupEpochs: 1, warmupFactor: 0 });
    expect(rates[0]).toBeCloseTo(0.2, 12);
    expect(rates.slice(1)).toEqual([0.3, 0.3, 0.3]);
  });
});
