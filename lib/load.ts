import { Autoencoder } from './autoencoders/autoencoder.js';
import { describeValue, listOf, remedyFor, requirePath } from './checks.js';
import { ArgumentError, FileFormatError } from './errors.js';
import { type ModelKind, type ModelRecord, type OpenModel, openModel } from './model/modelFile.js';
import { MultiOutput } from './model/multiOutput.js';
import { Sequential } from './model/sequential.js';
import type { TableModel } from './tables/tableModel.js';
import {
  attachmentsIn,
  describesTable,
  partsOfRecord,
  readTableRecord,
} from './tables/tableRecord.js';

/** What each kind of model is, by the name that `model.kind` has. */
export interface ModelsByKind {
  readonly sequential: Sequential;
  readonly multiOutput: MultiOutput;
  readonly autoencoder: Autoencoder;
  readonly table: TableModel;
}

/** The names of the kinds. */
export type LoadedKind = keyof ModelsByKind;

const kinds = [
  'sequential',
  'multiOutput',
  'autoencoder',
  'table',
] as const satisfies readonly LoadedKind[];

/**
 * Loads a model that `save` or `layerwise train` wrote. `model.kind` tells which of the four it is; who knows it names
 * it:
 *
 * ```ts
 * const model = await load('model.safetensors', 'sequential');
 * ```
 *
 * @param kind What the model has to be: `'sequential'`, `'multiOutput'`, `'autoencoder'` or `'table'`. Any, when it is
 * not given; a model of a table then comes as such. By the kind of its network it comes without the table.
 * @throws FileFormatError when the file is damaged, no model of this library, or one of another kind; the
 * path names the file and, where there is one, the tensor. ArgumentError for a kind that there is not, and for
 * a file that is not there or may not be read; the error of the system (ENOENT, …) is its `cause`.
 */
export async function load<Kind extends LoadedKind = LoadedKind>(
  path: string,
  kind?: Kind,
): Promise<ModelsByKind[Kind]> {
  requireKind(kind);
  const file = await openModel(requirePath(path));
  try {
    return (await loaded(file, kind, path)) as ModelsByKind[Kind];
  } finally {
    await file.close();
  }
}

async function loaded(
  file: OpenModel,
  kind: LoadedKind | undefined,
  path: string,
): Promise<ModelsByKind[LoadedKind]> {
  const [first, ...others] = file.members;
  const { annotations } = first.record;
  const isTable = describesTable({ metadata: file.metadata, annotations });
  if (isTable && (kind === undefined || kind === 'table')) return await tableModelOf(file, path);
  if (others.length > 0) throw ofAnotherKind(kind, isTable ? 'table' : 'members', path);
  requireOfKind(first.record, kind, path);
  const network = await networkOf(first);
  // What it knows of a table it keeps, as it keeps its annotations.
  network.attachments = attachmentsIn(file.metadata);
  return network;
}

async function networkOf({
  record,
  readInto,
}: OpenModel['members'][0]): Promise<Sequential | MultiOutput | Autoencoder> {
  const model = build(record);
  await readInto(model);
  if (model.kind === 'autoencoder' && record.kind === 'autoencoder') model.adopt(record);
  if (model.kind === 'sequential' && record.kind === 'sequential') model.adopt(record);
  model.annotations = record.annotations;
  return model;
}

/** What reads tables is loaded by programs that have some. */
async function tableModelOf({ members, metadata }: OpenModel, path: string): Promise<TableModel> {
  const { annotations: given } = members[0].record;
  const { record, annotations } = readTableRecord({ metadata, annotations: given }, path);
  const networks: (Sequential | Autoencoder)[] = [];
  for (const member of members) {
    const network = await networkOf(member);
    if (network.kind === 'multiOutput') {
      const received = 'a network of several outputs';
      throw new FileFormatError({ path, expected: 'a model of a table', received });
    }
    networks.push(network);
  }
  const { TableModel } = await import('./tables/tableModel.js');
  const model = new TableModel(partsOfRecord(record, networks, path), path);
  model.annotations = annotations;
  return model;
}

function requireKind(kind: unknown): void {
  if (kind === undefined || kinds.some((name) => name === kind)) return;
  throw new ArgumentError({
    path: 'kind',
    expected: `one of the kinds of models ${listOf(kinds)}`,
    received: describeValue(kind),
    remedy: typeof kind === 'string' ? remedyFor(kind, kinds) : '',
  });
}

/** Before anything is built: a model of another kind may be a large one. */
function requireOfKind(record: ModelRecord, kind: LoadedKind | undefined, path: string): void {
  if (kind === undefined || record.kind === kind) return;
  throw ofAnotherKind(kind, record.kind, path);
}

function ofAnotherKind(
  kind: LoadedKind | undefined,
  received: ModelKind | 'table' | 'members',
  path: string,
): FileFormatError {
  return new FileFormatError({
    path,
    expected:
      kind === undefined ? 'a model of a kind that is known' : `a model of the kind '${kind}'`,
    received: received === 'members' ? 'several networks' : `one of the kind '${received}'`,
    remedy:
      received === 'members' ? '' : `Take load(path, '${received}'), or the file of another model.`,
  });
}

function build(record: ModelRecord): Sequential | MultiOutput | Autoencoder {
  if (record.kind === 'autoencoder') return new Autoencoder(record);
  return record.kind === 'multiOutput' ? new MultiOutput(record.spec) : new Sequential(record.spec);
}
