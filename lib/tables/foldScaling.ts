import { isFloat32Array } from '../builtins.js';
import type { MatrixInput } from '../data/matrix.js';
import { columnWidth, type TableSchema } from '../data/tableSchema.js';

/**
 * Scales of a fold: rows that were scaled by all rows of a table are scaled again, by those of the fold that train, so
 * that the rows that judge leave no trace.
 */

/** Rows of a fold, which may be written to. */
export interface FoldRows {
  readonly inputs: MatrixInput;
  readonly targets: Int32Array | Float32Array | null;
}

/** Numbers that stand in a column of a matrix, or alone. */
interface Strided {
  readonly values: MatrixInput['values'] | Float32Array;
  readonly first: number;
  readonly step: number;
}

/** Scales numbers again, and takes the inputs from categories that no row in training has. */
export function refitFold(schema: TableSchema, training: FoldRows, validation: FoldRows): void {
  const [a, b] = [training.inputs, validation.inputs];
  const inputsOf = ({ values, columns }: MatrixInput, first: number): Strided => {
    return { values, first, step: columns };
  };
  let offset = 0;
  for (const column of schema.columns) {
    const width = columnWidth(column);
    // Other scales are not straight lines, and stay those of all rows.
    if (column.type === 'number' && column.scaling === undefined) {
      const isPresent = column.missingIndicator
        ? ({ values }: Strided, at: number): boolean => values[at + 1] === 0
        : (): boolean => true;
      rescale(inputsOf(a, offset), inputsOf(b, offset), isPresent);
    } else if (column.type === 'text') {
      for (let input = offset; input < offset + width; input++) {
        forget(inputsOf(a, input), inputsOf(b, input));
      }
    }
    offset += width;
  }
  if (!isFloat32Array(training.targets) || !isFloat32Array(validation.targets)) return;
  const targetsOf = (values: Float32Array): Strided => ({ values, first: 0, step: 1 });
  rescale(targetsOf(training.targets), targetsOf(validation.targets), () => true);
}

/** Brings the numbers in training to mean 0 and spread 1, and the others with them. */
function rescale(
  training: Strided,
  validation: Strided,
  isPresent: (numbers: Strided, at: number) => boolean,
): void {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let at = training.first; at < training.values.length; at += training.step) {
    if (!isPresent(training, at)) continue;
    const value = training.values[at] as number;
    const difference = value - mean;
    mean += difference / ++count;
    squares += difference * (value - mean);
  }
  const deviation = Math.sqrt(squares / Math.max(1, count)) || 1;
  for (const numbers of [training, validation]) {
    for (let at = numbers.first; at < numbers.values.length; at += numbers.step) {
      if (!isPresent(numbers, at)) continue;
      numbers.values[at] = ((numbers.values[at] as number) - mean) / deviation;
    }
  }
}

/** An input that is 0 in all rows in training learns nothing: its weights are those of chance. */
function forget(training: Strided, validation: Strided): void {
  for (let at = training.first; at < training.values.length; at += training.step) {
    if (training.values[at] !== 0) return;
  }
  for (let at = validation.first; at < validation.values.length; at += validation.step) {
    validation.values[at] = 0;
  }
}
