import type { FactRow } from './fact.ts';

/** Rows whose bound and verdict come from the same numbers. */

interface Comparison {
  readonly fact: string;
  readonly source: string;
  readonly measured: number;
  /** How both numbers are written. Default: three significant digits. */
  readonly format?: (value: number) => string;
}

export function atMost(bound: number, comparison: Comparison): FactRow {
  return row(comparison, (format) => `≤ ${format(bound)}`, comparison.measured <= bound);
}

export function atLeast(bound: number, comparison: Comparison): FactRow {
  return row(comparison, (format) => `≥ ${format(bound)}`, comparison.measured >= bound);
}

/** @param tolerance Largest distance from `expected`. */
export function near(expected: number, tolerance: number, comparison: Comparison): FactRow {
  return row(
    comparison,
    (format) => `${format(expected)} ± ${format(tolerance)}`,
    Math.abs(comparison.measured - expected) <= tolerance,
  );
}

export function between(low: number, high: number, comparison: Comparison): FactRow {
  const { measured } = comparison;
  return row(
    comparison,
    (format) => `${format(low)} to ${format(high)}`,
    measured >= low && measured <= high,
  );
}

function row(
  { fact, source, measured, format = significant }: Comparison,
  expectedOf: (format: (value: number) => string) => string,
  holds: boolean,
): FactRow {
  return { fact, expected: expectedOf(format), measured: format(measured), holds, source };
}

/** Three significant digits; powers of ten for what is very small. */
export function significant(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
