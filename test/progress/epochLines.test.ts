import { describe, expect, test } from 'vitest';
import { EpochLines } from '../../lib/progress/epochLines.js';

const quick = { seconds: 1e-6 };

function shown(epochs: number, seconds = 0.001): number[] {
  const lines = new EpochLines(epochs);
  return Array.from({ length: epochs }, (_, index) => index + 1).filter((epoch) =>
    lines.isDue({ epoch, seconds }),
  );
}

describe('EpochLines', () => {
  test('leaves a line for each of few epochs', () => {
    expect(shown(3)).toEqual([1, 2, 3]);
    expect(shown(30)).toHaveLength(30);
    expect(new EpochLines(30).explanation).toBeNull();
  });

  test('thins those of many, at round numbers, and says so', () => {
    expect(shown(72)).toEqual([1, ...[5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70], 72]);
    expect(shown(50).slice(0, 4)).toEqual([1, 2, 4, 6]);
    const explained = (epochs: number) => new EpochLines(epochs).explanation;
    expect(explained(50)).toMatch(/^Of 50 epochs, every second is shown/);
    expect(explained(1000)).toMatch(/^Of 1,000 epochs, every 50th is shown/);
  });

  test.each([31, 99, 100, 1000, 12_345, 1_000_000])('leaves a readable number of %i', (epochs) => {
    const lines = new EpochLines(epochs);
    let count = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) if (lines.isDue({ epoch, ...quick })) count++;
    expect(count).toBeGreaterThanOrEqual(12);
    expect(count).toBeLessThanOrEqual(32);
  });

  test('never lets anybody wait for more than ten seconds, and an epoch', () => {
    expect(shown(100, 4).slice(0, 6)).toEqual([1, 4, 5, 8, 10, 13]);
    expect(shown(100, 60)).toHaveLength(100);
  });
});
