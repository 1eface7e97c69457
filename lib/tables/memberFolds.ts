import { kFold } from '../data/folds.js';
import type { MatrixInput } from '../data/matrix.js';
import { takeRows } from '../data/takeRows.js';
import type { Task } from '../data/targetInference.js';

/** Encoded rows of a table with what is to be learned of them. */
export interface EncodedTable {
  readonly inputs: MatrixInput;
  /** Class indices, or standardised numbers. */
  readonly targets: Int32Array | Float32Array;
  /** The group of each row; null where there are none. */
  readonly groups: Int32Array | null;
}

type Rows = Pick<EncodedTable, 'inputs' | 'targets'>;

/** What one of several networks learns from, and the rows that it does not see. */
export interface MemberRows {
  readonly training: Rows;
  readonly heldOut: Rows;
  /** The numbers of the rows that are held out, ascending. */
  readonly heldOutRows: Uint32Array;
}

interface FoldsToMake {
  readonly members: number;
  readonly seed: number;
  readonly task: Task;
}

/**
 * Rows for networks that predict together: each learns from all folds but one, so that every row is judged by a
 * network that has not seen it. Folds have the same shares of classes, and groups stay together.
 *
 * @throws as `kFold`; MemoryError
 */
export function memberFolds(
  { inputs, targets, groups }: EncodedTable,
  { members: folds, seed, task }: FoldsToMake,
): Iterable<MemberRows> {
  const classes = task === 'classification' ? targets : undefined;
  const cut = kFold(inputs.rows, { folds, seed, classes, groups: groups ?? undefined });
  return membersOf(cut, { inputs, targets });
}

/** One at a time: each is a copy of most rows. */
function* membersOf(
  folds: ReturnType<typeof kFold>,
  data: Rows,
): Generator<MemberRows, void, void> {
  const { columns } = data.inputs;
  for (const { training, validation } of folds) {
    yield {
      training: takeRows(data, training, columns),
      heldOut: takeRows(data, validation, columns),
      heldOutRows: validation,
    };
  }
}
