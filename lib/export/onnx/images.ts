import type { IdxSchema } from '../../data/idxSchema.js';
import { FileFormatError } from '../../errors.js';
import type { ExportedModel } from '../exported.js';
import { Graph, type Value } from './graph.js';
import {
  addNetwork,
  addScoreOutputs,
  type ExportedAutoencoder,
  type ExportedNetwork,
  writeModel,
} from './networks.js';
import { addClasses } from './table/predictions.js';

/** Models of images as files of ONNX: the values of the images go in as `image`, as they stand in their file. */

/** A network that knows images. */
type ImageNetwork =
  | { readonly classifier: ExportedNetwork }
  | { readonly autoencoder: ExportedAutoencoder };

/** @throws FileFormatError for a classifier whose classes have no names; as `writeGraph` */
export async function exportImages(
  path: string,
  schema: IdxSchema,
  network: ImageNetwork,
): Promise<ExportedModel> {
  const graph = new Graph();
  const x = addPixels(graph, schema);
  if ('autoencoder' in network) addScoreOutputs(graph, network.autoencoder, x);
  else {
    const { classes } = schema;
    if (classes === null) throw withoutClasses();
    addClasses(graph, addNetwork(graph, network.classifier, x).value, { classes });
  }
  return await writeModel(path, graph);
}

/** @returns shape (rows, values of an image), as the network takes them */
function addPixels(
  graph: Graph,
  { shape, valueType, scale, offset, center = 0 }: IdxSchema,
): Value {
  const type = valueType === 'uint8' ? 'uint8' : 'double';
  const image = graph.input({ name: 'image', type, sides: shape });
  const number = type === 'double' ? image : graph.cast(image, 'double');
  const centred = center === 0 ? number : graph.node('Sub', [number, graph.doubles([center])]);
  const spread = graph.node('Mul', [centred, graph.doubles([scale])]);
  const moved = offset === 0 ? spread : graph.node('Add', [spread, graph.doubles([offset])]);
  const values = graph.cast(moved, 'float');
  const size = shape.reduce((product, side) => product * side, 1);
  // 0 stands for the rows, as they are.
  return graph.node('Reshape', [values, graph.integers([0, size])]);
}

function withoutClasses(): FileFormatError {
  return new FileFormatError({
    path: 'model',
    expected: 'a classifier that has the names of its classes',
    received: 'one without',
    remedy: 'Train it again with the labels of its images.',
  });
}
