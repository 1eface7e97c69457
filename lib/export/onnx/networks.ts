import type { FloatTensor } from '../../io/safetensors.js';
import { type NetworkSpec, sizeAfter } from '../../network/network.js';
import type { AutoencoderPart, ExportedModel, ExportedValue } from '../exported.js';
import { opset, writeGraph } from './file.js';
import { Graph, type Port, type Value } from './graph.js';
import { addHeads, addLayers, type Columns, type LayerList } from './layers.js';
import { addScore, type Scoring } from './score.js';

/** Networks as files of ONNX. */

/** A network with its tensors. */
export interface ExportedNetwork {
  readonly spec: NetworkSpec;
  /** By their names, which are also those in the file. */
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  /** What the names begin with, where a file holds several networks. */
  readonly prefix?: string;
}

/** What an autoencoder is beside its network. */
export interface ExportedAutoencoder extends ExportedNetwork {
  /** The layer whose output is the code. */
  readonly codeLayer: number;
  readonly scoring: Scoring;
  /** Above which a row is an anomaly; undefined where the model has no detector. */
  readonly threshold: number | undefined;
}

/**
 * Exports a network whole: `input` to `output`, or to an output for each head, by its name.
 *
 * @throws as `writeGraph`
 */
export async function exportNetwork(
  path: string,
  network: ExportedNetwork,
): Promise<ExportedModel> {
  const graph = new Graph();
  const { inputSize } = network.spec;
  const list = listOf(network);
  const x = graph.input(floats('input', inputSize));
  const heads = addHeads(graph, list, x);
  const outputs = heads ?? [{ name: 'output', ...addLayers(graph, list, x) }];
  for (const { name, value, size } of outputs) graph.output(floats(name, size), value);
  return await writeModel(path, graph);
}

/** Exports a part of an autoencoder. @throws as `writeGraph` */
export async function exportAutoencoder(
  path: string,
  model: ExportedAutoencoder,
  part: AutoencoderPart,
): Promise<ExportedModel> {
  const graph = new Graph();
  parts[part](graph, model);
  return await writeModel(path, graph);
}

/** A matrix of numbers of single precision. */
function floats(name: string, columns: number): Port {
  return { name, type: 'float', sides: [columns] };
}

type AddPart = (graph: Graph, model: ExportedAutoencoder) => void;

const parts: Readonly<Record<AutoencoderPart, AddPart>> = {
  reconstruction(graph, model) {
    const x = graph.input(floats('input', model.spec.inputSize));
    const { value, size } = addLayers(graph, listOf(model), x);
    graph.output(floats('reconstruction', size), value);
  },
  encoder(graph, model) {
    const x = graph.input(floats('input', model.spec.inputSize));
    const { value, size } = addLayers(graph, listOf(model), x, 0, model.codeLayer + 1);
    graph.output(floats('code', size), value);
  },
  decoder(graph, model) {
    const code = graph.input(floats('code', sizeAfter(model.spec, model.codeLayer + 1)));
    const { value, size } = addLayers(graph, listOf(model), code, model.codeLayer + 1);
    graph.output(floats('reconstruction', size), value);
  },
  score(graph, model) {
    const x = graph.input(floats('input', model.spec.inputSize));
    addScoreOutputs(graph, model, x);
  },
};

/** The scores of an autoencoder as outputs: `score`, and `anomaly` where there is a threshold. */
export function addScoreOutputs(
  graph: Graph,
  { scoring, threshold, ...network }: ExportedAutoencoder,
  x: Value,
): void {
  const score = addScore(graph, x, scoring, (rows) => addNetwork(graph, network, rows).value);
  graph.output({ name: 'score', type: 'float', sides: [] }, score);
  if (threshold === undefined) return;
  const bound = graph.floats([threshold], []);
  graph.output({ name: 'anomaly', type: 'bool', sides: [] }, graph.node('Greater', [score, bound]));
}

/** Adds a whole network; heads give their columns beside each other. */
export function addNetwork(graph: Graph, network: ExportedNetwork, x: Value): Columns {
  return addLayers(graph, listOf(network), x);
}

function listOf({ spec, tensors, prefix = '' }: ExportedNetwork): LayerList {
  const { layers, inputSize } = spec;
  return { layers, inputSize, tensors, prefix, path: `${prefix}layers` };
}

/** Writes a graph, and says what is in the file. @throws as `writeGraph` */
export async function writeModel(path: string, graph: Graph): Promise<ExportedModel> {
  const bytes = await writeGraph(path, graph);
  return {
    inputs: graph.inputs.map(described),
    outputs: graph.outputs.map(described),
    opset,
    bytes,
  };
}

function described({ name, type, sides }: Port): ExportedValue {
  return { name, type, shape: ['batch', ...sides] };
}
