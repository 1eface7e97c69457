/** Numbers as the report shows them. */

/** 1234567 → 1.23M */
export function count(value: number): string {
  if (value >= 1e6) return `${significant(value / 1e6)}M`;
  if (value >= 1e3) return `${significant(value / 1e3)}k`;
  return significant(value);
}

/** Three significant digits, without an exponent. */
export function significant(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 20));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${significant(seconds * 1e6)} µs`;
  if (seconds < 1) return `${significant(seconds * 1e3)} ms`;
  return `${significant(seconds)} s`;
}

export function megabytes(bytes: number): string {
  return `${significant(bytes / 1e6)} MB`;
}

export function gigaflops(operationsPerSecond: number): string {
  return `${significant(operationsPerSecond / 1e9)} GFLOP/s`;
}

export function times(ratio: number): string {
  return `${significant(ratio)} ×`;
}

/** A Markdown table; nothing when it has no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
