import { formatCount } from '../quantities.js';

/** What is good to know about the rows that are kept from a training, in sentences. */

export interface HeldOutRows {
  readonly rows: number;
  /** That was asked for. */
  readonly share: number | undefined;
  /** That are kept. */
  readonly heldOut: number;
  readonly byGroups: boolean;
}

/** Whoever is measured by far more rows than were asked for has learned from far fewer. */
const farMore = 2;

export function heldOutNotices({ rows, share = 0, heldOut, byGroups }: HeldOutRows): string[] {
  if (share === 0) return [];
  if (heldOut === 0) {
    return [
      `A share of ${share} of ${formatCount(rows)} rows is less than one row: all of them train, and nothing tells what the model is worth on others.`,
    ];
  }
  const wanted = rows * share;
  if (!byGroups || heldOut <= farMore * wanted) return [];
  const asked = formatCount(Math.max(1, Math.round(wanted)));
  return [
    `Groups stay together: ${formatCount(heldOut)} of ${formatCount(rows)} rows are kept for validation, where ${asked} were asked for, and ${formatCount(rows - heldOut)} train. Another seed may draw other groups; a column with more of them divides better.`,
  ];
}
