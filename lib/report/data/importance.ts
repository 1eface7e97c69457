import type { TableSchema } from '../../data/tableSchema.js';
import type { Sequential } from '../../model/sequential.js';
import { columnImportance } from '../../tables/importance.js';
import type { ImportanceSection } from '../reportData.js';
import { judgedRows, pickedRows, type RowsToJudge } from './judged.js';
import { thinned } from './thinned.js';

/** Values that are computed at most: the importance of the columns of a large table is measured on a sample. */
const mostInputs = 20_000_000;
const repeats = 3;

/** Null where there is nothing to measure by. */
export async function importanceOf(
  schema: TableSchema,
  networks: readonly Sequential[],
  rows: RowsToJudge,
  threads: number | undefined,
): Promise<ImportanceSection | null> {
  const { targets } = rows;
  if (targets === null || schema.columns.length < 2) return null;
  const { inputs } = rows;
  const passes = inputs.columns * schema.columns.length * repeats;
  const chosen = thinned(inputs.rows, Math.max(50, Math.floor(mostInputs / passes)));
  const sample = { ...rows, inputs: pickedRows(inputs, chosen) };
  const own = chosen.map((row) => targets[row] ?? 0);
  const found = await columnImportance(
    {
      ...{ schema, networks, inputs: sample.inputs },
      targets: schema.target?.type === 'classes' ? Int32Array.from(own) : Float32Array.from(own),
    },
    { repeats, seed: 0, threads },
  );
  return {
    type: 'importance',
    judged: judgedRows(sample),
    columns: found.map(({ column, importance, spread }) => ({ name: column, importance, spread })),
  };
}
