import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LossCourse, lossRules } from '../../lib/model/warnings.js';

const loss = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, 1, 0.995, 10, 11),
);

test('a course of losses says of every epoch of which a rule may find something', () => {
  fc.assert(
    fc.property(fc.array(loss, { maxLength: 30 }), (losses) => {
      const course = new LossCourse();
      for (const [index, value] of losses.entries()) {
        const isWorthALook = course.add(value);
        if (lossRules.some((rule) => rule.find(course) !== null)) expect(isWorthALook).toBe(true);
        expect(course.epochs).toBe(index + 1);
        expect(course.lowest).toBe(Math.min(...losses.slice(0, index + 1)));
      }
    }),
  );
});

test('an ordinary course is worth a look once, when its loss has to have begun to fall', () => {
  const course = new LossCourse();
  const looks = Array.from({ length: 100 }, (_, index) => course.add(1 / (1 + index)));
  expect(looks.flatMap((isWorthALook, index) => (isWorthALook ? [index + 1] : []))).toEqual([5]);
});
