import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  LossCourse,
  lossRules,
  ValidationCourse,
  validationRules,
} from '../../lib/model/warnings.js';

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

/** The epochs, from 1, in which overfitting is found in a course of losses of validation and training. */
function overfitIn(losses: readonly (readonly [validation: number, training: number])[]): number[] {
  const course = new ValidationCourse();
  return losses.flatMap(([validation, training], index) => {
    const isWorthALook = course.add(validation, training);
    const [rule] = validationRules;
    return isWorthALook && rule?.find(course) !== null ? [index + 1] : [];
  });
}

test('a validation that lies above its lowest while the training falls is overfitting', () => {
  const falling = Array.from({ length: 20 }, (_, index) => 1 / (1 + index));
  expect(overfitIn(falling.map((training, index) => [0.7 + 0.03 * index, training]))).toEqual([8]);
  // Noise around the lowest is none, nor is a training that stands still.
  expect(overfitIn(falling.map((training, index) => [0.7 + 0.06 * (index % 2), training]))).toEqual(
    [],
  );
  expect(overfitIn(falling.map((_, index) => [0.7 + 0.03 * index, 1]))).toEqual([]);
  // Next to what was learned before, the rise is nothing.
  const learned = falling.map((training, index): [number, number] => [
    index === 0 ? 1 : 0.001 + 0.002 * Number(index > 5),
    training,
  ]);
  expect(overfitIn(learned)).toEqual([]);
});

test('losses below zero are compared as others are', () => {
  const course = Array.from({ length: 12 }, (_, index): [number, number] => [
    -3 + index / 10,
    -index,
  ]);
  expect(overfitIn(course)).toEqual([9]);
});
