import { describe, expect, test } from 'vitest';
import { medianPruner, patientPruner } from '../../../lib/search/index.js';
import { stops, trialOf } from './simulation.js';

describe('the patient pruner', () => {
  test('stops a trial that has made no progress for so many steps', () => {
    const pruner = patientPruner({ patience: 3 });
    expect(stops(pruner, [trialOf(0, [5, 4, 6, 5])])).toBe(false);
    expect(stops(pruner, [trialOf(0, [5, 4, 6, 5, 4])])).toBe(true);
    expect(stops(pruner, [trialOf(0, [5, 4, 6, 5, 3.9])])).toBe(false);
    expect(stops(pruner, [trialOf(0, [5, 6, 7, 8])], 'maximize')).toBe(false);
    expect(stops(pruner, [trialOf(0, [8, 7, 6, 5])], 'maximize')).toBe(true);
  });

  test('counts steps, not reports', () => {
    const pruner = patientPruner({ patience: 10 });
    const reports = [1, 5, 11].map((step) => ({ step, value: 1 }));
    expect(stops(pruner, [{ ...trialOf(0, []), reports }])).toBe(true);
    expect(stops(pruner, [{ ...trialOf(0, []), reports: reports.slice(0, 2) }])).toBe(false);
  });

  test('takes small gains for none, if asked to', () => {
    const slow = trialOf(0, [5, 4.9, 4.8, 4.7]);
    expect(stops(patientPruner({ patience: 3 }), [slow])).toBe(false);
    expect(stops(patientPruner({ patience: 3, minDelta: 0.5 }), [slow])).toBe(true);
    // Together they are a gain.
    expect(stops(patientPruner({ patience: 3, minDelta: 0.15 }), [slow])).toBe(false);
  });

  test('asks the pruner that it wraps', () => {
    const pruner = patientPruner({ patience: 2, pruner: medianPruner({ startupTrials: 1 }) });
    const reference = trialOf(0, [2, 2, 2, 2], 'complete');
    expect(stops(pruner, [reference, trialOf(1, [3, 3, 3])])).toBe(true);
    expect(stops(pruner, [reference, trialOf(1, [1, 1, 1])])).toBe(false);
    expect(stops(pruner, [reference, trialOf(1, [5, 4, 3])])).toBe(false);
    expect(pruner.options).toMatchObject({ patience: 2, pruner: { name: 'median' } });
  });
});
