import { dirname } from 'node:path';
import { messageOf } from '../../builtins.js';
import { describeValue, isPlainObject, requirePath } from '../../checks.js';
import { readAllBytes } from '../../data/bytes.js';
import { FileFormatError, LayerwiseError, rebaseError } from '../../errors.js';
import { transposedOf } from '../../model/loadWeights.js';
import { Sequential } from '../../model/sequential.js';
import { type NetworkSpec, normaliseNetwork, outputActivationOf } from '../../network/network.js';
import { type ConvertedLayer, convertLayer } from './layers.js';
import { type Manifest, readManifest, WeightReader } from './manifest.js';
import { inputSizeOf } from './shapes.js';
import { layersOf } from './topology.js';
import { type ImportedTraining, trainingOf } from './training.js';
import { matchWeights, type Source, WeightIndex } from './weights.js';

/** What came out of a file of another library. */
export interface ImportedModel {
  readonly model: Sequential;
  /** What the file says of the training, as options of `fit`: `model.fit(data, { ...training, epochs: 10 })`. */
  readonly training: ImportedTraining;
  /** What has no twin here and was left out; nothing of it changes predictions. */
  readonly notes: readonly string[];
}

/** No description of layers is larger. */
const mostBytes = 16 * 2 ** 20;

/**
 * Reads a layers model of TensorFlow.js: `model.json` and the files of weights beside it, as `model.save('file://…')` or
 * the converter from Keras writes them.
 *
 * Layers follow each other, in a `Sequential` or a functional model: `Dense`, `Activation`, `ReLU`, `LeakyReLU`, `PReLU`,
 * `ELU`, `Softmax`, `BatchNormalization`, `LayerNormalization`, `Dropout`, `AlphaDropout`, `GaussianNoise`, `InputLayer`,
 * `Flatten` and `Reshape` to rows. Weights may be quantized.
 *
 * ```ts
 * const { model, training } = await fromTensorFlowJs('digits/model.json');
 * model.predictSync(rows);
 * await model.fit(data, { ...training, epochs: 5 });
 * ```
 *
 * @param path Of `model.json`. The files of weights have to lie in its folder or below it.
 * @throws FileFormatError for a damaged file, and for what is not known here, with the place in the file:
 * `model.json: modelTopology.config.layers[2].class_name`; ArgumentError for a file that is not there or may not be read;
 * MemoryError
 */
export async function fromTensorFlowJs(path: string): Promise<ImportedModel> {
  const text = await textOf(requirePath(path));
  const notes = new Set<string>();
  const described = inFile(path, () => describe(parse(text, path), (note) => notes.add(note)));
  const { spec, manifest, sources, training } = described;
  const reader = new WeightReader(path, dirname(path), manifest);
  // Before any memory is taken for what the files only claim.
  await reader.requireSizes();
  const model = new Sequential(spec);
  for (const source of sources) model.setParameter(source.name, await read(source, reader, path));
  return { model, training, notes: [...notes] };
}

interface Description {
  readonly spec: NetworkSpec;
  readonly manifest: Manifest;
  readonly sources: readonly Source[];
  readonly training: ImportedTraining;
}

/** All that can be said of a model without its weights. @throws ArgumentError, ShapeError with places in the file */
function describe(
  file: Readonly<Record<string, unknown>>,
  note: (text: string) => void,
): Description {
  const found = layersOf(file.modelTopology, 'modelTopology');
  const conversion = { isSteep: isOfKeras3(file.modelTopology), note };
  const converted = found.flatMap((layer) => convertLayer(layer, conversion));
  const manifest = readManifest(file.weightsManifest, 'weightsManifest');
  const weights = new WeightIndex(manifest.weights);
  const inputSize = inputSizeOf(found, weights);
  const spec = networkOf(converted, inputSize);
  const sources = matchWeights(spec, converted, weights);
  const training = trainingOf(trainingIn(file), outputActivationOf(spec), note);
  return { spec, manifest, sources, training };
}

/** What is wrong with a layer here is wrong with the one that it came from. */
function networkOf(converted: readonly ConvertedLayer[], inputSize: number): NetworkSpec {
  try {
    return normaliseNetwork({ inputSize, layers: converted.map(({ layer }) => layer) });
  } catch (error) {
    const sourceOf = (index: string) => converted[Number(index)]?.source.path ?? 'layers';
    throw rebaseError(error, (path) =>
      path.replace(/^layers\[(\d+)\]/, (_, index: string) => sourceOf(index)),
    );
  }
}

/** The slope of hard_sigmoid has changed with it. */
function isOfKeras3(topology: unknown): boolean {
  const version = isPlainObject(topology) ? topology.keras_version : undefined;
  return typeof version === 'string' && /^[3-9]\./.test(version);
}

/** TensorFlow.js writes it beside the topology, the converter from Keras within. */
function trainingIn({ trainingConfig, modelTopology }: Readonly<Record<string, unknown>>): unknown {
  if (trainingConfig !== undefined) return trainingConfig;
  return isPlainObject(modelTopology) ? modelTopology.training_config : undefined;
}

async function textOf(path: string): Promise<string> {
  const bytes = await readAllBytes(path, mostBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FileFormatError({ path, expected, received: 'no text', remedy }, { cause });
  }
}

const expected = 'model.json of TensorFlow.js, with modelTopology and weightsManifest';
const remedy =
  'Models of layerwise are read by load. Those of Keras are converted by tensorflowjs_converter, or their weights are taken by model.loadWeights.';

function parse(text: string, path: string): Readonly<Record<string, unknown>> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (cause) {
    throw new FileFormatError({ path, expected: 'JSON', received: messageOf(cause) }, { cause });
  }
  const isModel =
    isPlainObject(file) && file.modelTopology !== undefined && file.weightsManifest !== undefined;
  if (isModel) return file as Readonly<Record<string, unknown>>;
  throw new FileFormatError({ path, expected, received: describeValue(file), remedy });
}

/** What is wrong in a file is an error of the file, with the place in it. */
function inFile<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LayerwiseError) || error instanceof FileFormatError) throw error;
    const { expected, received, remedy } = error;
    const place = `${path}: ${error.path}`;
    throw new FileFormatError({ path: place, expected, received, remedy }, { cause: error });
  }
}

async function read(
  { name, entry, shape, transposed }: Source,
  reader: WeightReader,
  path: string,
): Promise<Float32Array> {
  const values = await reader.read(entry);
  const wrong = name.endsWith('running_var') ? values.findIndex((value) => value < 0) : -1;
  if (wrong >= 0) {
    throw new FileFormatError({
      path: `${path}: ${entry.path} '${entry.name}'`,
      expected: 'variances of at least 0',
      received: `${values[wrong]} at index ${wrong}`,
    });
  }
  return transposed ? transposedOf(values, shape as readonly [number, number]) : values;
}
