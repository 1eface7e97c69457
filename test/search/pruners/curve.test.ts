import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float, medianPruner, patientPruner, Study } from '../../../lib/search/index.js';
import { firstReportFrom, summaryUntil } from '../../../lib/search/pruners/curve.js';
import { lossOf, type Report } from '../../../lib/search/trial.js';
import { momentsOf } from '../../../lib/statistics.js';

const value = fc.option(fc.double({ noNaN: true, min: -1e9, max: 1e9 }));
const curve = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 3 }), value), { minLength: 1, maxLength: 30 })
  .map((pairs) => {
    let step = -1;
    return pairs.map(([stride, value]): Report => {
      step += stride;
      return { step, value };
    });
  });

test('what is known of a curve while it grows is what all of it says', () => {
  const property = fc.property(curve, fc.constantFrom('minimize', 'maximize'), (all, direction) => {
    const reports: Report[] = [];
    for (const report of all) {
      reports.push(report);
      for (const step of [report.step, report.step - 2, 0, 100]) {
        const losses = reports.flatMap(({ step: at, value }) =>
          value === null || at > step ? [] : [lossOf(value, direction)],
        );
        const { count, best, mean, last } = summaryUntil({ reports }, direction, step);
        expect(count).toBe(losses.length);
        expect(best).toBe(losses.reduce((least, loss) => Math.min(least, loss), Infinity));
        if (count > 0) expect([mean, last]).toEqual([momentsOf(losses).mean, losses.at(-1)]);
        expect(firstReportFrom(reports, step)).toBe(reports.find((one) => one.step >= step));
      }
    }
  });
  fc.assert(property, { numRuns: 100 });
});

// Time that grew with the square of the reports would not end in time here.
test('trials may report 30,000 times, and note 4,000 attributes', () => {
  for (const pruner of [medianPruner({ startupTrials: 1 }), patientPruner({ patience: 1e6 })]) {
    const study = new Study({ space: { x: float(0, 1) }, pruner });
    for (let count = 0; count < 2; count++) {
      const trial = study.ask();
      for (let step = 0; step < 30_000; step++) trial?.report(step, 1 / (step + 1));
      for (let name = 0; name < 4000; name++) trial?.setAttribute(`attribute ${name}`, name);
      trial?.complete(1);
    }
    expect(study.trials.map(({ reports }) => reports.length)).toEqual([30_000, 30_000]);
    expect(Object.keys(study.trials[1]?.attributes ?? {})).toHaveLength(4000);
  }
});
