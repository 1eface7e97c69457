import { isArray, isFloat32Array, isFloat64Array } from '../builtins.js';
import { describeValue } from '../checks.js';
import { type Row, rowSource } from '../data/matrix.js';
import { ArgumentError, rebaseError } from '../errors.js';
import type { ResolvedPrediction } from '../model/fitOptions.js';
import { forwardChunks } from '../model/forward.js';
import { type ColumnError, explainChunk } from './explanation.js';
import { type Judge, judgeRows } from './judging.js';

/** Explanations of rows as callers give them. */

/** The columns that one row fails on. */
export async function explainRow(
  row: Row,
  judge: Judge,
  options: ResolvedPrediction,
  count: number,
): Promise<readonly ColumnError[]> {
  const { rule } = judge;
  requireRow(row, rule.path);
  try {
    const [explained = []] = await explainRows([row], judge, options, count);
    return explained;
  } catch (error) {
    // The row is the only one of its matrix.
    throw rebaseError(error, (path) => path.replace(`${rule.path}[0]`, rule.path));
  }
}

function requireRow(row: unknown, path: string): void {
  if (isFloat32Array(row) || isFloat64Array(row)) return;
  if (isArray(row) && !isArray(row[0]) && !ArrayBuffer.isView(row[0])) return;
  throw new ArgumentError({
    path,
    expected: 'one row: an array of numbers, a Float32Array or a Float64Array',
    received: isArray(row) ? 'rows' : describeValue(row),
    remedy: isArray(row) ? 'Pass one of the rows, or all of them to explainRows.' : undefined,
  });
}

/** The columns that each row fails on. */
export async function explainRows(
  inputs: unknown,
  judge: Judge,
  options: ResolvedPrediction,
  count: number,
): Promise<readonly (readonly ColumnError[])[]> {
  const { rule } = judge;
  const source = rowSource(inputs, rule.inputSize, rule.path);
  const explained: (readonly ColumnError[])[] = [];
  for await (const chunk of forwardChunks(source, rule, options)) {
    const { given, errors } = await judgeRows(chunk, judge, options);
    for (const row of await explainChunk(given, errors, judge, options, count)) {
      explained.push(row);
    }
  }
  return explained;
}
