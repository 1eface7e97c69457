import type { Matrix } from '../data/matrix.js';
import type { TableSchema } from '../data/tableSchema.js';
import type { Sequential } from '../model/sequential.js';
import { absorbScales, firstLayersOf } from './absorbedScales.js';
import { carryScales, inTable, ownSchemaOf } from './carriedScales.js';
import {
  type FoldScales,
  forgetInputs,
  forgetLevels,
  rescaleInputs,
  rescaleTargets,
  scalesOfFold,
} from './foldScaling.js';
import type { MemberRows } from './memberFolds.js';
import type { HeldOutPart } from './outOfFold.js';

/**
 * The rows of a fold as a network is trained on them: in the scales of its training rows, so that the rows which judge it
 * leave no trace. Once trained, the network is given inputs in the scales of the table. The conversion becomes part of its
 * weights where it is a straight line; where it is not (scales that go by the order of numbers, some first layers), the
 * network carries its scales along.
 */
export interface ScaledFold extends Omit<MemberRows, 'heldOutRows'> {
  /** The table in scales of the fold. */
  readonly schema: TableSchema;
  /** What a network of the fold says of the rows that are held out, in the scales of the table. */
  judged(outputs: Matrix): HeldOutPart;
  /** Has a network of the fold, which is trained, take what it is asked in the scales of the table. */
  join(network: Sequential): void;
}

/**
 * @param rows copies, which are changed
 * @param network that is to learn, or one like it
 * @param isNew a network that goes on to learn keeps the scales that it has
 */
export function scaledFold(
  { training, heldOut }: MemberRows,
  table: TableSchema,
  network: Sequential,
  isNew: boolean,
): ScaledFold {
  const scales = isNew ? scalesOfFold(table, training) : undefined;
  const own = scales?.schema ?? ownSchemaOf(network) ?? table;
  const targets = heldOut.targets.slice();
  for (const rows of [training, heldOut]) {
    rescaleInputs(table, own, rows.inputs);
    rescaleTargets(table, own, rows.targets);
    if (scales !== undefined) forget(network, scales, rows);
  }
  return {
    ...{ training, heldOut, schema: own },
    judged: (outputs) => ({ outputs: inTable({ table, own }, outputs), targets }),
    join(trained) {
      if (scales !== undefined) carryScales(trained, table, absorbScales(trained, table, scales));
    },
  };
}

/** What weights can be kept from, once the network is trained. */
function forget(
  network: Sequential,
  { empty, rare }: FoldScales,
  { inputs }: MemberRows['training'],
): void {
  const { vectors, weighting } = firstLayersOf(network);
  if (vectors !== undefined) forgetLevels(rare, inputs);
  if (weighting !== undefined) forgetInputs(empty, inputs);
}
