/** Round numbers between two others, as axes show them: 1, 2 or 5 times a power of ten apart. */
export function ticksBetween(from: number, to: number, count: number): number[] {
  const rough = (to - from) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => rough <= factor * power) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    // Without what multiplication leaves behind the digits.
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Powers of ten between two positive numbers; both ends where there are fewer than two. */
export function powersBetween(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  if (last <= first) return [from, to];
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}
