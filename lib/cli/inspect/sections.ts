import type { Printer } from '../../terminal/printer.js';
import { painted } from '../../terminal/style.js';
import { alignedLines } from '../../textTable.js';

/** What is in a file, under titles. */

export type Row = readonly [name: string, text: string];

export function describe(title: string, rows: readonly Row[], stdout: Printer): void {
  stdout.line();
  stdout.line(painted('bold', title));
  for (const line of alignedLines(rows, ['left', 'left'])) stdout.line('  ', line);
}
