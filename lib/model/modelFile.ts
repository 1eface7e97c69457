import { messageOf } from '../builtins.js';
import { statePrefix } from '../checkpoint/checkpointFile.js';
import {
  describeValue,
  requireKnownKeys,
  requireObject,
  requirePath,
  withDefault,
} from '../checks.js';
import { fromSystemError } from '../data/bytes.js';
import { FileFormatError, LayerwiseError } from '../errors.js';
import {
  type FloatTensor,
  openSafetensors,
  type SafetensorsFile,
  writeSafetensors,
} from '../io/safetensors.js';
import { formatError, tensorPath } from '../io/safetensorsHeader.js';
import { callNative, type NativeNetwork } from '../native.js';
import {
  hasHeads,
  type NetworkSpec,
  normaliseNetwork,
  outputsOf,
  sizeAfter,
  tensorShapesOf,
} from '../network/network.js';
import { packageVersion, remedyForWriter } from '../version.js';
import { type Detector, normaliseDetector } from './detector.js';
import { type InputColumn, normaliseColumns } from './inputColumns.js';
import { type JsonObject, requireJson } from './json.js';

/**
 * A saved model is a safetensors file: the tensors under the names and in the layouts of PyTorch's
 * `nn.Sequential`, and in the metadata, under `layerwise`, what is needed to build the model again.
 */

interface CommonRecord {
  readonly spec: NetworkSpec;
  readonly annotations: JsonObject;
}

interface SequentialRecord extends CommonRecord {
  readonly kind: 'sequential';
}

interface MultiOutputRecord extends CommonRecord {
  readonly kind: 'multiOutput';
}

export interface AutoencoderRecord extends CommonRecord {
  readonly kind: 'autoencoder';
  /** The layer whose output is the code. */
  readonly codeLayer: number;
  /** Columns with names; undefined when none were given. */
  readonly columns?: readonly InputColumn[] | undefined;
  /** Undefined while no threshold is set. */
  readonly detector?: Detector | undefined;
}

/** What the metadata holds besides the version. */
export type ModelRecord = SequentialRecord | MultiOutputRecord | AutoencoderRecord;

const formatVersion = 1;
const metadataKey = 'layerwise';
/** The version of the package that wrote the file; files of 0.1.0 do not say. */
const writerKey = 'layerwise.version';

export async function saveModel(
  path: string,
  record: ModelRecord,
  network: NativeNetwork,
): Promise<void> {
  requirePath(path);
  const metadata = modelMetadata(record);
  // All at once: a run that trains meanwhile must not mix its epochs.
  const values = callNative(() => network.getParameters());
  const tensors = new Map<string, FloatTensor>();
  for (const [index, { name, shape }] of network.parameters().entries()) {
    tensors.set(name, { shape, values: values[index] as Float32Array });
  }
  await writeSafetensors(path, tensors, metadata);
}

/**
 * What a file of the model says beside its tensors.
 *
 * @throws ArgumentError when the annotations have become something else than plain data.
 */
export function modelMetadata(record: ModelRecord): Readonly<Record<string, string>> {
  requireJson(record.annotations, 'annotations');
  return {
    format: 'pt',
    [metadataKey]: JSON.stringify({ version: formatVersion, ...record }),
    [writerKey]: packageVersion(),
  };
}

export type ModelKind = ModelRecord['kind'];

interface TensorSink {
  setParameter(name: string, values: Float32Array): void;
}

/** A file whose metadata and tensors are checked against each other; nothing is allocated yet. */
export interface OpenModel {
  readonly record: ModelRecord;
  /** Copies the tensors of the file into a model of the record's spec. */
  readInto(model: TensorSink): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a saved model. Everything in it is checked as strictly as what a caller writes, and the
 * tensors are compared with the spec before any memory is taken for either.
 *
 * @throws FileFormatError; ArgumentError for a file that is not there or may not be read.
 */
export async function openModel(path: string): Promise<OpenModel> {
  const file = await openFile(path);
  try {
    const record = readRecord(file, path);
    requireTensors(file, record.spec, path);
    return {
      record,
      readInto: async (model) => {
        await readTensors(file, record.spec, model, path);
        await file.requireUnchanged();
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw withWriter(error, file.metadata.get(writerKey));
  }
}

async function openFile(path: string): Promise<SafetensorsFile> {
  try {
    return await openSafetensors(path);
  } catch (error) {
    throw fromSystemError(error, path);
  }
}

/** What a newer version wrote may be right and yet unknown here: then the error says so. */
function withWriter(error: unknown, version: string | undefined): unknown {
  const remedy = remedyForWriter(version);
  if (!(error instanceof FileFormatError) || remedy === '') return error;
  const { path, expected, received } = error;
  return new FileFormatError({ path, expected, received, remedy }, { cause: error.cause });
}

function readRecord(file: SafetensorsFile, path: string): ModelRecord {
  const text = file.metadata.get(metadataKey);
  if (text === undefined) {
    throw new FileFormatError({
      path,
      expected: `a model saved by layerwise (metadata '${metadataKey}')`,
      received: `a safetensors file of something else, with ${file.tensors.size} tensors`,
    });
  }
  const place = `${path}: metadata '${metadataKey}'`;
  try {
    return checkedRecord(parseJson(text, place), place);
  } catch (error) {
    if (!(error instanceof LayerwiseError) || error instanceof FileFormatError) throw error;
    const { expected, received } = error;
    throw new FileFormatError(
      { path: `${place}: ${error.path}`, expected, received },
      { cause: error },
    );
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const received = messageOf(cause);
    throw new FileFormatError({ path: place, expected: 'JSON', received }, { cause });
  }
}

function checkedRecord(value: unknown, place: string): ModelRecord {
  const fields = requireObject(value, 'model');
  if (fields.version !== formatVersion) throw unknownVersion(fields.version, place);
  const { kind, codeLayer, columns, detector } = fields;
  if (kind !== 'sequential' && kind !== 'multiOutput' && kind !== 'autoencoder') {
    const kinds = "'sequential', 'multiOutput' or 'autoencoder'";
    throw formatError(`${place}: kind`, kinds, describeValue(kind));
  }
  const extra = kind === 'autoencoder' ? ['codeLayer', 'columns', 'detector'] : [];
  requireKnownKeys(fields, ['version', 'kind', 'spec', 'annotations', ...extra], '');
  const spec = normaliseNetwork(fields.spec, 'spec');
  const annotations = requireObject(withDefault(fields.annotations, {}), 'annotations');
  requireJson(annotations, 'annotations');
  const common = { spec, annotations: annotations as JsonObject };
  requireEnd(spec, kind, place);
  if (kind !== 'autoencoder') return { kind, ...common };
  requireMirror(spec, place);
  return {
    kind,
    ...common,
    codeLayer: requireCodeLayer(codeLayer, spec, place),
    columns:
      columns === undefined ? undefined : normaliseColumns(columns, spec.inputSize, 'columns'),
    detector: detector === undefined ? undefined : normaliseDetector(detector, 'detector'),
  };
}

/** Heads are what a network of several outputs ends with, and no network of one; autoencoders may. */
function requireEnd(spec: NetworkSpec, kind: ModelKind, place: string): void {
  const areHeads = hasHeads(outputsOf(spec));
  if (kind === 'autoencoder' || areHeads === (kind === 'multiOutput')) return;
  const [expected, received] = areHeads ? ['one output', 'heads'] : ['heads', 'one output'];
  throw formatError(`${place}: spec`, `a network that ends with ${expected}`, received);
}

function requireCodeLayer(codeLayer: unknown, spec: NetworkSpec, place: string): number {
  // The last layer cannot be the code: the decoder needs one.
  const last = spec.layers.length - 2;
  const isLayer =
    Number.isInteger(codeLayer) && Number(codeLayer) >= 0 && Number(codeLayer) <= last;
  if (isLayer) return codeLayer as number;
  throw formatError(`${place}: codeLayer`, `a layer from 0 to ${last}`, describeValue(codeLayer));
}

/** What an autoencoder gives has to be as wide as what it takes. */
function requireMirror(spec: NetworkSpec, place: string): void {
  const outputSize = sizeAfter(spec);
  if (outputSize === spec.inputSize) return;
  throw formatError(`${place}: spec`, `${spec.inputSize} outputs, as inputs`, `${outputSize}`);
}

function unknownVersion(version: unknown, place: string): FileFormatError {
  const isNewer = typeof version === 'number' && version > formatVersion;
  return new FileFormatError({
    path: `${place}: version`,
    expected: String(formatVersion),
    received: describeValue(version),
    remedy: isNewer ? 'The file was saved by a newer layerwise: update the package.' : '',
  });
}

function requireTensors(file: SafetensorsFile, spec: NetworkSpec, path: string): void {
  const shapes = tensorShapesOf(spec);
  for (const [name, shape] of shapes) {
    const entry = file.tensors.get(name);
    const expected = `F32 of shape [${shape.join(', ')}], as the spec says`;
    if (entry === undefined) throw formatError(tensorPath(path, name), expected, 'no such tensor');
    const isRight = entry.dtype === 'F32' && shape.join() === entry.shape.join();
    if (isRight) continue;
    const received = `${entry.dtype} of shape [${entry.shape.slice(0, 8).join(', ')}]`;
    throw formatError(tensorPath(path, name), expected, received);
  }
  // A checkpoint is a model too.
  const extra = [...file.tensors.keys()].find(
    (name) => !shapes.has(name) && !name.startsWith(statePrefix),
  );
  if (extra === undefined) return;
  throw formatError(tensorPath(path, extra), 'only tensors of the spec', 'one that is not in it');
}

async function readTensors(
  file: SafetensorsFile,
  spec: NetworkSpec,
  model: TensorSink,
  path: string,
): Promise<void> {
  for (const name of tensorShapesOf(spec).keys()) {
    const values = await file.readFloat32(name);
    try {
      model.setParameter(name, values);
    } catch (error) {
      if (!(error instanceof LayerwiseError)) throw error;
      const { expected, received } = error;
      // The element, where it is one that is wrong: 0.bias[3].
      const index = error.path.startsWith(`${name}[`) ? error.path.slice(name.length + 1, -1) : '';
      const details = {
        path: tensorPath(path, name),
        expected,
        received: index === '' ? received : `${received} at index ${index}`,
      };
      throw new FileFormatError(details, { cause: error });
    }
  }
}
