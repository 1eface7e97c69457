/** The standard normal distribution. */

const rootOfTwoPi = Math.sqrt(2 * Math.PI);

export function normalPdf(x: number): number {
  return Math.exp(-0.5 * x * x) / rootOfTwoPi;
}

/**
 * The probability of a number below x, to 14 decimals, and to 8 digits in the lower tail: the rational
 * approximation of Hart (1968) as West gives it in "Better approximations to cumulative normal
 * functions" (2005).
 */
export function normalCdf(x: number): number {
  const tail = lowerTail(Math.abs(x));
  return x > 0 ? 1 - tail : tail;
}

const numerator = [
  0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const denominator = [
  0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];
/** From here on the continued fraction is the better one. */
const tailStart = 10 / Math.SQRT2;

/** The probability of a number below -x, for x >= 0. */
function lowerTail(x: number): number {
  const exponential = Math.exp(-0.5 * x * x);
  if (x < tailStart) {
    return (exponential * polynomial(numerator, x)) / polynomial(denominator, x);
  }
  const fraction = x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))));
  return exponential / fraction / rootOfTwoPi;
}

/** Horner's scheme; the coefficient of the highest power comes first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

/**
 * log(pdf(z) + z · cdf(z)), the expected improvement in units of the standard deviation when the mean
 * is z of them better; finite for every z down to -1e150 (Ament et al. 2023).
 */
export function logExpectedGain(z: number): number {
  if (z > seriesStart) return Math.log(normalPdf(z) + z * normalCdf(z));
  const inverse = 1 / (z * z);
  return -0.5 * z * z - Math.log(rootOfTwoPi) + Math.log(inverse * gainSeries(inverse));
}

/** The derivative of `logExpectedGain`: cdf(z) / (pdf(z) + z · cdf(z)). */
export function logExpectedGainSlope(z: number): number {
  if (z > seriesStart) {
    const cdf = normalCdf(z);
    return cdf / (normalPdf(z) + z * cdf);
  }
  const inverse = 1 / (z * z);
  // The cdf is the pdf times this series of Mills, divided by -z.
  const series = 1 - inverse * (1 - inverse * (3 - inverse * (15 - inverse * 105)));
  return (-z * series) / gainSeries(inverse);
}

/** Below it the two terms of the gain nearly cancel. */
const seriesStart = -10;

/** z² · (pdf + z · cdf) / pdf by the asymptotic series of Mills, of 1 / z². */
function gainSeries(inverse: number): number {
  return 1 - inverse * (3 - inverse * (15 - inverse * (105 - inverse * 945)));
}
