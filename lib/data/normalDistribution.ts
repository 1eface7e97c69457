/** The standard normal distribution. */

/** The share of values below. Error below 1.2e-7 (Numerical Recipes' complementary error function). */
export function normalShare(value: number): number {
  const t = 1 / (1 + 0.5 * Math.abs(value / Math.SQRT2));
  const polynomial = errorTerms.reduceRight((sum, term) => term + t * sum, 0);
  const upper = 0.5 * t * Math.exp(-(value * value) / 2 + polynomial);
  return value >= 0 ? 1 - upper : upper;
}

const errorTerms = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];

/** The value below which a share lies, of 0 to 1 exclusively. Relative error below 1.2e-9 (P. Acklam). */
export function normalValue(share: number): number {
  if (share > 0.5) return -normalValue(1 - share);
  if (share < beginningOfMiddle) {
    const q = Math.sqrt(-2 * Math.log(share));
    return polynomial(tail.above, q) / polynomial(tail.below, q);
  }
  const q = share - 0.5;
  const r = q * q;
  return (polynomial(middle.above, r) * q) / polynomial(middle.below, r);
}

/** Coefficients from the highest power on. */
function polynomial(coefficients: readonly number[], value: number): number {
  return coefficients.reduce((sum, coefficient) => sum * value + coefficient, 0);
}

/** The share from which on the quotient of the middle is taken. */
const beginningOfMiddle = 0.02425;
const middle = {
  above: [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2,
    -3.066479806614716e1, 2.506628277459239,
  ],
  below: [
    -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
    -1.328068155288572e1, 1,
  ],
};
const tail = {
  above: [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
    4.374664141464968, 2.938163982698783,
  ],
  below: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
};

/** What `normalValue` is made of, for whoever computes it elsewhere. */
export const normalQuotients = { beginningOfMiddle, middle, tail } as const;
