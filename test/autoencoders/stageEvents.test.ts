import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StagedLog } from '../../lib/autoencoders/stageEvents.js';
import type { TrainingEvent } from '../../lib/index.js';

const epoch = (number: number): TrainingEvent => ({
  ...{ type: 'epoch', epoch: number, epochs: 9, loss: 1, metrics: {}, validation: null },
  ...{ learningRate: 1, seconds: 1, rowsPerSecond: 1 },
});

test('the log of a pre-training has the events of one stage after the other', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }), (sizes) => {
      const log = new StagedLog<string>();
      const expected: object[] = [];
      for (const [index, size] of sizes.entries()) {
        const place = { stage: index + 1, stages: sizes.length, units: 7 - index };
        const events: TrainingEvent[] = [];
        log.add(events, place);
        // The log of a stage grows while it is the last one.
        for (let number = 1; number <= size; number++) {
          events.push(epoch(number));
          expected.push({ ...epoch(number), ...place });
          expect(log.length).toBe(expected.length);
        }
      }
      expect(Array.from({ length: log.length }, (_, index) => log.at(index))).toEqual(expected);
      expect(log.at(log.length)).toBeUndefined();
    }),
  );
});
