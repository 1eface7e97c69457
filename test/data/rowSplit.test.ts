import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowSplit } from '../../lib/data/rowSplit.js';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function positionsOf(rows: number, share: number, seed: number): number[] {
  const split = new RowSplit(rows, share, seed);
  return Array.from({ length: rows }, () => split.nextPosition());
}

describe('RowSplit', () => {
  it('gives every row a place of its own and keeps the order within both parts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0, max: 0.99 }),
        seeds,
        (rows, share, seed) => {
          const split = new RowSplit(rows, share, seed);
          const positions = positionsOf(rows, share, seed);
          expect([...positions].sort((a, b) => a - b)).toEqual(positions.map((_, index) => index));
          const isSorted = (part: number[]) =>
            part.every((at, i) => i === 0 || at > (part[i - 1] ?? 0));
          expect(isSorted(positions.filter((at) => at < split.trainingRows))).toBe(true);
          expect(isSorted(positions.filter((at) => at >= split.trainingRows))).toBe(true);
        },
      ),
    );
  });

  it('takes the share that was asked for, at least one row, and leaves at least one', () => {
    expect(new RowSplit(150, 0.1, 0)).toMatchObject({ validationRows: 15, trainingRows: 135 });
    expect(new RowSplit(150, 0, 0).validationRows).toBe(0);
    expect(new RowSplit(5, 0.01, 0).validationRows).toBe(1);
    expect(new RowSplit(1, 0.9, 0)).toMatchObject({ validationRows: 0, trainingRows: 1 });
  });

  it('draws the same sample from the same seed only', () => {
    expect(positionsOf(1000, 0.2, 7)).toEqual(positionsOf(1000, 0.2, 7));
    expect(positionsOf(1000, 0.2, 7)).not.toEqual(positionsOf(1000, 0.2, 8));
  });

  it('draws from the whole file evenly', () => {
    const taken = new Float64Array(10);
    for (let seed = 0; seed < 400; seed++) {
      positionsOf(100, 0.2, seed).forEach((position, row) => {
        const tenth = Math.floor(row / 10);
        if (position >= 80) taken[tenth] = (taken[tenth] ?? 0) + 1;
      });
    }
    // 400 samples of 20 rows: 800 rows per tenth are expected, with a deviation of about 24.
    for (const count of taken) expect(Math.abs(count - 800)).toBeLessThan(120);
  });
});
