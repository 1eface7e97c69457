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
import {
  addClasses,
  addLine,
  addMean,
  addNumbers,
  type IntervalEnds,
  type Line,
} from './predictions.js';

/** Models of tables as files of ONNX: columns go in as they stand in the table. */

/** A model of a table. The tensors of its networks have names of their own, by their prefixes. */
export interface ExportedTable {
  readonly schema: TableSchema;
  /** Of which the mean is taken; none where there is an autoencoder. */
  readonly networks: readonly ExportedPredictor[];
  /** Where the table has no target. */
  readonly autoencoder: ExportedAutoencoder | undefined;
  readonly intervals: ExportedIntervals | undefined;
}

/** A network that predicts. */
export interface ExportedPredictor extends ExportedNetwork {
  /** Undefined where its scales are those of the table. */
  readonly own: OwnScales | undefined;
}

/** Scales of a network. */
interface OwnScales {
  /** The table in these scales. */
  readonly schema: TableSchema;
  /** From what the network says to the scale of the table's target; undefined where it is the same. */
  readonly target: Line | undefined;
}

/** The networks of the ends of intervals. */
interface ExportedIntervals {
  readonly widening: number;
  readonly lower: readonly ExportedPredictor[];
  readonly upper: readonly ExportedPredictor[];
}

/** @throws as `writeGraph` */
export async function exportTable(path: string, model: ExportedTable): Promise<ExportedModel> {
  const graph = new Graph();
  const { schema, autoencoder } = model;
  const inputsOf = addTable(graph, schema);
  if (autoencoder === undefined) addPredictions(graph, model, inputsOf);
  else addScoreOutputs(graph, autoencoder, inputsOf(schema));
  return await writeModel(path, graph);
}

function addPredictions(
  graph: Graph,
  model: ExportedTable,
  inputsOf: (scaled: TableSchema) => Value,
): void {
  const { schema, networks, intervals } = model;
  const { target } = schema;
  let shared: Value | undefined;
  const outputOf = (network: ExportedPredictor): Value => {
    const { own } = network;
    if (own !== undefined) {
      const { value } = addNetwork(graph, network, inputsOf(own.schema));
      return own.target === undefined ? value : addLine(graph, value, own.target);
    }
    shared ??= inputsOf(schema);
    return addNetwork(graph, network, shared).value;
  };
  const meanOf = (each: readonly ExportedPredictor[]): Value => addMean(graph, each.map(outputOf));
  const output = meanOf(networks);
  if (target?.type === 'classes') addClasses(graph, output, target);
  if (target?.type !== 'number') return;
  const ends: IntervalEnds | undefined = intervals && {
    ...{ lower: meanOf(intervals.lower), upper: meanOf(intervals.upper) },
    widening: intervals.widening,
  };
  addNumbers(graph, output, target, ends);
}
