import { stat } from 'node:fs/promises';
import { fromSystemError } from '../../data/bytes.js';
import { UsageError } from '../arguments/usageError.js';
import type { ReportOptions } from './reportArguments.js';

/** What pages are made of. */

export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** @throws UsageError for rows that nothing can be judged by. */
export function withoutData({ data }: ReportOptions): void {
  if (data === undefined) return;
  throw new UsageError(
    'rows are for a model or a run, and not for the journal of a search',
    'report',
  );
}
