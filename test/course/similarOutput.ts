import { expect } from 'vitest';

/**
 * Expects what a program prints to be what the documentation shows: the same words, and numbers that differ by
 * no more than another order of additions makes of them.
 */
export function expectSimilar(output: string, documented: string): void {
  const actual = output.trim().split(/\s+/);
  const expected = documented.trim().split(/\s+/);
  expect(actual.map(shapeOf)).toEqual(expected.map(shapeOf));
  for (const [index, token] of actual.entries()) {
    const [number, wanted] = [Number.parseFloat(token), Number.parseFloat(expected[index] ?? '')];
    if (Number.isFinite(wanted)) expectNear(number, wanted, token);
  }
}

/** The token with a sign in place of each number. */
function shapeOf(token: string): string {
  return token.replace(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, '#');
}

function expectNear(number: number, wanted: number, token: string): void {
  // Of vanishing numbers the size counts.
  const isTiny = Math.abs(wanted) < 1e-2 && wanted !== 0;
  if (isTiny) expect(number / wanted, token).toBeCloseTo(1, 0);
  else expect(Math.abs(number - wanted), token).toBeLessThanOrEqual(0.02 + 0.15 * Math.abs(wanted));
}
