import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EpochColumns } from '../../lib/model/epochColumns.js';
import { TrainingLog } from '../../lib/model/eventLog.js';
import type { TrainingEvent } from '../../lib/model/events.js';

const shape = { epochs: 1000, rows: 1, validationRows: 0, hasHeads: false };

test('a log gives epochs and what stands between them in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (areEpochs) => {
      const columns = new EpochColumns<string>({ ...shape, outputs: [{ name: '', metrics: [] }] });
      const log = new TrainingLog<string>();
      log.epochs = columns;
      const expected: TrainingEvent[] = [];
      for (const isEpoch of areEpochs) {
        if (isEpoch) {
          columns.append(Float64Array.of(columns.length + 1, 0.1, 2, 3, columns.length / 7));
          log.addEpoch();
          expected.push(columns.eventAt(columns.length - 1));
        } else {
          const aside = { type: 'statistics', epoch: 1, update: 1, rows: 1, layers: [] } as const;
          log.addAside(aside);
          expected.push(aside);
        }
      }
      expect(log.length).toBe(expected.length);
      expect(Array.from({ length: log.length }, (_, index) => log.at(index))).toEqual(expected);
      expect(log.at(log.length)).toBeUndefined();
    }),
  );
});

test('a log is empty before its first epoch', () => {
  expect(new TrainingLog().length).toBe(0);
  expect(new TrainingLog().at(0)).toBeUndefined();
});
