import type { TableSchema } from '../data/tableSchema.js';
import type { ExportedPredictor, ExportedTable } from '../export/onnx/table/tableModels.js';
import { ownSchemaOf, targetLine } from './carriedScales.js';
import type { Intervals } from './intervals.js';
import type { Member } from './members.js';

/** What an exported model of a table consists of: its tensors have the names that they have in a file of `save`. */
export function exportedTable(
  schema: TableSchema,
  networks: readonly Member[],
  intervals: Intervals | undefined,
): ExportedTable {
  const lower = intervals?.lower ?? [];
  const upper = intervals?.upper ?? [];
  const all = [...networks, ...lower, ...upper];
  const prefixOf = (network: Member): string =>
    all.length > 1 ? `members.${all.indexOf(network)}.` : '';
  const exported = (network: Member): ExportedPredictor => {
    const own = ownSchemaOf(network);
    const scales = own && { schema: own, target: targetLine(schema.target, own.target) };
    return { ...network.exported(prefixOf(network)), own: scales };
  };
  const [autoencoder] = networks.filter((network) => network.kind === 'autoencoder');
  return {
    schema,
    networks: autoencoder ? [] : networks.map(exported),
    autoencoder: autoencoder?.exported(),
    intervals: intervals && {
      ...{ widening: intervals.widening, lower: lower.map(exported), upper: upper.map(exported) },
    },
  };
}
