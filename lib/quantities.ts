/** Counts and sizes as people read them, in texts that are English everywhere. */

// Made when it is first needed: that takes longer than the formatting of a table.
let counts: Intl.NumberFormat | undefined;

/** `1,234,567`. */
export function formatCount(count: number): string {
  counts ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return counts.format(count);
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `12 B`, `36.5 kB`, `1.64 MB`: powers of 1000, at least two significant digits. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}
