/** Mean and spread of each column, taken from the rows that train, to be used on all others too. */
export interface Scaling {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

export function scalingOf(rows: readonly (readonly number[])[]): Scaling {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? 0));
  const means = columns.map(meanOf);
  const deviations = columns.map((values, column) => {
    const mean = means[column] ?? 0;
    // A constant column has no spread: 1 leaves it alone.
    return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2))) || 1;
  });
  return { means, deviations };
}

/** Values around 0 with a spread of 1: networks learn badly from columns of very different size. */
export function standardised(
  rows: readonly (readonly number[])[],
  { means, deviations }: Scaling,
): number[][] {
  return rows.map((row) =>
    row.map((value, column) => (value - (means[column] ?? 0)) / (deviations[column] ?? 1)),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
