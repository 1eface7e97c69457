import type { TableSchema } from '../../../data/tableSchema.js';
import type { ExportedModel } from '../../exported.js';
import { Graph, type Value } from '../graph.js';
import {
  addNetwork,
  addScoreOutputs,
  type ExportedAutoencoder,
  type ExportedNetwork,
  writeModel,
} from '../networks.js';
import { addTable } from './columns.js';
import { addClasses, addMean, addNumbers, type IntervalEnds } from './predictions.js';

/** Models of tables as files of ONNX: columns go in as they stand in the table. */

/** A model of a table. The tensors of its networks have names of their own, by their prefixes. */
export interface ExportedTable {
  readonly schema: TableSchema;
  /** Of which the mean is taken; none where there is an autoencoder. */
  readonly networks: readonly ExportedNetwork[];
  /** Where the table has no target. */
  readonly autoencoder: ExportedAutoencoder | undefined;
  readonly intervals: ExportedIntervals | undefined;
}

/** The networks of the ends of intervals. */
interface ExportedIntervals {
  readonly widening: number;
  readonly lower: readonly ExportedNetwork[];
  readonly upper: readonly ExportedNetwork[];
}

/** @throws as `writeGraph` */
export async function exportTable(path: string, model: ExportedTable): Promise<ExportedModel> {
  const graph = new Graph();
  const { schema, autoencoder } = model;
  const x = addTable(graph, schema);
  if (autoencoder === undefined) addPredictions(graph, model, x);
  else addScoreOutputs(graph, autoencoder, x);
  return await writeModel(path, graph);
}

function addPredictions(graph: Graph, model: ExportedTable, x: Value): void {
  const { schema, networks, intervals } = model;
  const { target } = schema;
  const meanOf = (each: readonly ExportedNetwork[]): Value =>
    addMean(
      graph,
      each.map((network) => addNetwork(graph, network, x).value),
    );
  const output = meanOf(networks);
  if (target?.type === 'classes') addClasses(graph, output, target);
  if (target?.type !== 'number') return;
  const ends: IntervalEnds | undefined = intervals && {
    ...{ lower: meanOf(intervals.lower), upper: meanOf(intervals.upper) },
    widening: intervals.widening,
  };
  addNumbers(graph, output, target, ends);
}
