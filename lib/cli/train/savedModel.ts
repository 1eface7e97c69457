import { stat } from 'node:fs/promises';
import type { Autoencoder, JsonObject, Sequential } from '../../index.js';
import type { TableModel } from '../../tables/tableModel.js';
import type { TrainReport } from './trainReport.js';

/** What is done with networks that are trained. */

/** @param path nothing is saved where it is undefined. */
export async function save(
  model: Pick<TableModel, 'save'>,
  path: string | undefined,
  report: TrainReport,
): Promise<void> {
  if (path === undefined) return;
  await model.save(path);
  report.saved(path, (await stat(path)).size);
}

/** As it would be read from a file. */
export function plainJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

/** Numbers that a network learns. */
export function parameterCount({ parameters }: Sequential | Autoencoder): number {
  const sizes = parameters.map(({ shape }) => shape.reduce((size, side) => size * side, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}
