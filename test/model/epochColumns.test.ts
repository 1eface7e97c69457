import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EpochColumns } from '../../lib/model/epochColumns.js';
import type { NativeRunShape } from '../../lib/native.js';

const number = fc.double({ noNaN: false });

/** A result of a network with so many metrics of each output, and its numbers as the core orders them. */
function resultOf(shape: NativeRunShape, next: () => number) {
  const loss = next();
  const metrics = shape.outputs.map((output) => {
    return Object.fromEntries(output.metrics.map((name) => [name, next()]));
  });
  const numbers = [loss, ...metrics.flatMap((of) => Object.values(of))];
  if (!shape.hasHeads) return { result: { loss, metrics: metrics[0] ?? {} }, numbers };
  const outputs = shape.outputs.map(({ name }, place) => {
    return [name, { loss: next(), metrics: metrics[place] ?? {} }] as const;
  });
  const losses = outputs.map(([, output]) => output.loss);
  return {
    result: { loss, metrics: {}, outputs: Object.fromEntries(outputs) },
    numbers: [...numbers, ...losses],
  };
}

const shapes = fc
  .record({
    heads: fc.option(fc.uniqueArray(fc.constantFrom('kind', 'size', 'age'), { minLength: 1 })),
    metrics: fc.uniqueArray(fc.constantFrom('accuracy', 'f1', 'rocAuc')),
    validationRows: fc.constantFrom(0, 7),
  })
  .map(({ heads, metrics, validationRows }): NativeRunShape => {
    const outputs = (heads ?? ['']).map((name, place) => ({ name, metrics: metrics.slice(place) }));
    return { epochs: 5000, rows: 3, validationRows, hasHeads: heads !== null, outputs };
  });

test('epochs are what their numbers say, however these come together', () => {
  fc.assert(
    fc.property(
      shapes,
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 6 }),
      fc.infiniteStream(number),
      (shape, counts, stream) => {
        const next = (): number => stream.next().value as number;
        const columns = new EpochColumns(shape);
        const expected: object[] = [];
        for (const count of counts) {
          const rows = Array.from({ length: count }, () => {
            const [learningRate, seconds, rowsPerSecond] = [next(), next(), next()];
            const training = resultOf(shape, next);
            const validation = resultOf(shape, next);
            const isKnown = expected.length % 3 > 0;
            const epoch = expected.length + 1;
            const validated = shape.validationRows > 0 && isKnown ? validation.result : null;
            expected.push({
              ...{ epoch, epochs: shape.epochs, ...training.result, validation: validated },
              ...{ learningRate, seconds, rowsPerSecond },
            });
            const behind = shape.validationRows > 0 ? [Number(isKnown), ...validation.numbers] : [];
            return [epoch, learningRate, seconds, rowsPerSecond, ...training.numbers, ...behind];
          });
          const width = rows[0]?.length ?? 0;
          const places = Array.from({ length: width }, (_, place) => place);
          columns.append(
            Float64Array.from(places.flatMap((place) => rows.map((row) => row[place] ?? 0))),
          );
        }
        expect(columns.results()).toStrictEqual(expected);
        const events = expected.map((_, index) => columns.eventAt(index));
        expect(events).toStrictEqual(expected.map((epoch) => ({ type: 'epoch', ...epoch })));
        expect(events.map((event) => Object.keys(event))).toEqual(
          expected.map((epoch) => ['type', ...Object.keys(epoch)]),
        );
      },
    ),
    { numRuns: 30 },
  );
});

test('there is room for all epochs that were asked for, and for no more', () => {
  const shape = { epochs: 3000, rows: 1, validationRows: 0, hasHeads: false };
  const columns = new EpochColumns({ ...shape, outputs: [{ name: '', metrics: [] }] });
  for (let index = 0; index < 3000; index++) {
    columns.append(Float64Array.of(index + 1, 0.1, 1, 1, index));
  }
  expect(columns.losses).toEqual(Float64Array.from({ length: 3000 }, (_, index) => index));
});
