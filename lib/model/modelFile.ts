import { messageOf } from '../builtins.js';
import { statePrefix } from '../checkpoint/checkpointFile.js';
import {
  describeValue,
  requireKnownKeys,
  requireList,
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
import { type DetectorRecord, normaliseDetector } from './detectorRecord.js';
import { type InputColumn, normaliseColumns } from './inputColumns.js';
import { type JsonObject, requireJson } from './json.js';

/**
 * A saved model is a safetensors file: the tensors under the names and in the layouts of PyTorch's
 * `nn.Sequential`, and in the metadata, under `layerwise`, what is needed to build the model again.
 * Several networks that belong together may lie in one file: the tensors of each are then under
 * `members.<number>.`.
 */

interface CommonRecord {
  readonly spec: NetworkSpec;
  readonly annotations: JsonObject;
  /** What else stands in the metadata of the file, by its names: what is built on models describes itself there. */
  readonly attachments?: Attachments | undefined;
}

/** Entries of the metadata of a file, beside that of the model. */
export type Attachments = Readonly<Record<string, string>>;

interface SequentialRecord extends CommonRecord {
  readonly kind: 'sequential';
  /** By how far targets are from what the network says; undefined while there is none. */
  readonly detector?: DetectorRecord | undefined;
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
  readonly detector?: DetectorRecord | undefined;
}

/** What the metadata holds besides the version. */
export type ModelRecord = SequentialRecord | MultiOutputRecord | AutoencoderRecord;

const formatVersion = 1;
const metadataKey = 'layerwise';
/** The version of the package that wrote the file; files of 0.1.0 do not say. */
const writerKey = 'layerwise.version';

/** A network with what a file says of it. */
export interface SavedMember {
  readonly record: ModelRecord;
  readonly network: NativeNetwork;
}

export async function saveModel(
  path: string,
  record: ModelRecord,
  network: NativeNetwork,
): Promise<void> {
  requirePath(path);
  const metadata = modelMetadata(record);
  await writeSafetensors(path, tensorsOf(network, ''), metadata);
}

/**
 * Saves several networks as one file; one of them as `saveModel` does.
 *
 * @param attachments What else the metadata holds; what the networks have of their own is left out.
 * @throws as `saveModel`
 */
export async function saveMembers(
  path: string,
  members: readonly SavedMember[],
  attachments: Attachments,
): Promise<void> {
  const [only, ...others] = members;
  if (only !== undefined && others.length === 0) {
    return await saveModel(path, { ...only.record, attachments }, only.network);
  }
  requirePath(path);
  const records = members.map(({ record: { attachments: _, ...record } }) => record);
  for (const { annotations } of records) requireJson(annotations, 'annotations');
  const metadata = metadataOf({ kind: membersKind, members: records }, attachments);
  const tensors = members.map(({ network }, index) => tensorsOf(network, memberPrefix(index)));
  await writeSafetensors(path, new Map(tensors.flatMap((own) => [...own])), metadata);
}

/** All at once: a run that trains meanwhile must not mix its epochs. */
export function tensorsOf(network: NativeNetwork, prefix: string): Map<string, FloatTensor> {
  const values = callNative(() => network.getParameters());
  const tensors = new Map<string, FloatTensor>();
  for (const [index, { name, shape }] of network.parameters().entries()) {
    tensors.set(prefix + name, { shape, values: values[index] as Float32Array });
  }
  return tensors;
}

/** What stands in place of the kind of a model where a file holds several. */
const membersKind = 'members';
/** Nobody averages so many. */
const mostMembers = 10_000;

function memberPrefix(index: number): string {
  return `members.${index}.`;
}

/**
 * What a file of the model says beside its tensors.
 *
 * @throws ArgumentError when the annotations have become something else than plain data.
 */
export function modelMetadata({
  attachments,
  ...record
}: ModelRecord): Readonly<Record<string, string>> {
  requireJson(record.annotations, 'annotations');
  return metadataOf(record, attachments ?? {});
}

function metadataOf(described: object, attachments: Attachments): Attachments {
  return {
    ...attachments,
    format: 'pt',
    [metadataKey]: JSON.stringify({ version: formatVersion, ...described }),
    [writerKey]: packageVersion(),
  };
}

export type ModelKind = ModelRecord['kind'];

interface TensorSink {
  setParameter(name: string, values: Float32Array): void;
}

/** A file whose metadata and tensors are checked against each other; nothing is allocated yet. */
export interface OpenModel {
  /** At least one; most files hold no more. */
  readonly members: readonly [OpenMember, ...OpenMember[]];
  /** All that the file says, by the names of the entries. */
  readonly metadata: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** One network of a file. */
export interface OpenMember {
  readonly record: ModelRecord;
  /** Copies the tensors of the file into a model of the record's spec. */
  readInto(model: TensorSink): Promise<void>;
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
    const placed = readRecords(file, path);
    requireTensors(file, placed, path);
    const [first, ...others] = placed.map(({ record, prefix }) => ({
      record,
      readInto: async (model: TensorSink) => {
        await readTensors(file, { record, prefix }, model, path);
        await file.requireUnchanged();
      },
    }));
    const members: OpenModel['members'] = [first as OpenMember, ...others];
    return { members, metadata: file.metadata, close: () => file.close() };
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

/** A network of a file, and what the names of its tensors begin with. */
interface PlacedRecord {
  readonly record: ModelRecord;
  readonly prefix: string;
}

function readRecords(file: SafetensorsFile, path: string): readonly PlacedRecord[] {
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
    return checkedRecords(parseJson(text, place), place);
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

function checkedRecords(value: unknown, place: string): readonly PlacedRecord[] {
  const { version, ...fields } = requireObject(value, 'model');
  if (version !== formatVersion) throw unknownVersion(version, place);
  if (fields.kind !== membersKind) return [{ record: checkedRecord(fields, place), prefix: '' }];
  requireKnownKeys(fields, ['kind', 'members'], '');
  const members = requireList(fields.members, 'members', { of: 'networks', most: mostMembers });
  if (members.length === 0) throw formatError(`${place}: members`, 'at least one', 'none');
  return members.map((member, index) => {
    const record = checkedRecord(requireObject(member, `members[${index}]`), place);
    return { record, prefix: memberPrefix(index) };
  });
}

function checkedRecord(fields: Record<string, unknown>, place: string): ModelRecord {
  const { kind, codeLayer, columns, detector } = fields;
  if (kind !== 'sequential' && kind !== 'multiOutput' && kind !== 'autoencoder') {
    const kinds = "'sequential', 'multiOutput' or 'autoencoder'";
    throw formatError(`${place}: kind`, kinds, describeValue(kind));
  }
  const extra = ownKeys[kind];
  requireKnownKeys(fields, ['kind', 'spec', 'annotations', ...extra], '');
  const spec = normaliseNetwork(fields.spec, 'spec');
  const annotations = requireObject(withDefault(fields.annotations, {}), 'annotations');
  requireJson(annotations, 'annotations');
  const common = { spec, annotations: annotations as JsonObject };
  requireEnd(spec, kind, place);
  if (kind === 'multiOutput') return { kind, ...common };
  if (kind === 'sequential') {
    const outputs = sizeAfter(spec);
    const own = detector === undefined ? {} : { detector: residualsOf(detector, outputs, place) };
    return { kind, ...common, ...own };
  }
  requireMirror(spec, place);
  const known =
    columns === undefined ? undefined : normaliseColumns(columns, spec.inputSize, 'columns');
  const count = known?.length ?? spec.inputSize;
  return {
    kind,
    ...common,
    codeLayer: requireCodeLayer(codeLayer, spec, place),
    columns: known,
    detector: detector === undefined ? undefined : normaliseDetector(detector, count, 'detector'),
  };
}

/** What a kind of model says of itself alone. */
const ownKeys: Readonly<Record<ModelKind, readonly string[]>> = {
  sequential: ['detector'],
  multiOutput: [],
  autoencoder: ['codeLayer', 'columns', 'detector'],
};

/** A regressor's detector knows what is usual for each output. */
function residualsOf(given: unknown, outputs: number, place: string): DetectorRecord {
  const record = normaliseDetector(given, outputs, 'detector');
  if (record.usualErrors !== undefined) return record;
  throw formatError(`${place}: detector.usualErrors`, `${outputs} numbers`, 'none');
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

function requireTensors(
  file: SafetensorsFile,
  members: readonly PlacedRecord[],
  path: string,
): void {
  const shapes = new Map(
    members.flatMap(({ record, prefix }) =>
      [...tensorShapesOf(record.spec)].map(([name, shape]) => [prefix + name, shape] as const),
    ),
  );
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
  { record, prefix }: PlacedRecord,
  model: TensorSink,
  path: string,
): Promise<void> {
  for (const name of tensorShapesOf(record.spec).keys()) {
    const values = await file.readFloat32(prefix + name);
    try {
      model.setParameter(name, values);
    } catch (error) {
      if (!(error instanceof LayerwiseError)) throw error;
      const { expected, received } = error;
      // The element, where it is one that is wrong: 0.bias[3].
      const index = error.path.startsWith(`${name}[`) ? error.path.slice(name.length + 1, -1) : '';
      const details = {
        path: tensorPath(path, prefix + name),
        expected,
        received: index === '' ? received : `${received} at index ${index}`,
      };
      throw new FileFormatError(details, { cause: error });
    }
  }
}
