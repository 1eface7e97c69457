import { Autoencoder } from './autoencoders/autoencoder.js';
import { describeValue, listOf, remedyFor, requirePath } from './checks.js';
import { ArgumentError, FileFormatError } from './errors.js';
import { type ModelKind, type ModelRecord, openModel } from './model/modelFile.js';
import { MultiOutput } from './model/multiOutput.js';
import { Sequential } from './model/sequential.js';

/** What each kind of model is, by the name that `model.kind` has. */
export interface ModelsByKind {
  readonly sequential: Sequential;
  readonly multiOutput: MultiOutput;
  readonly autoencoder: Autoencoder;
}

const kinds = ['sequential', 'multiOutput', 'autoencoder'] as const satisfies readonly ModelKind[];

/**
 * Loads a model that `save` wrote. `model.kind` tells which of the three it is; who knows it names it:
 *
 * ```ts
 * const model = await load('model.safetensors', 'sequential');
 * ```
 *
 * @param kind What the model has to be: `'sequential'`, `'multiOutput'` or `'autoencoder'`. Any, when it is
 * not given.
 * @throws FileFormatError when the file is damaged, no model of this library, or one of another kind; the
 * path names the file and, where there is one, the tensor. ArgumentError for a kind that there is not, and for
 * a file that is not there or may not be read; the error of the system (ENOENT, …) is its `cause`.
 */
export async function load<Kind extends ModelKind = ModelKind>(
  path: string,
  kind?: Kind,
): Promise<ModelsByKind[Kind]> {
  requireKind(kind);
  const file = await openModel(requirePath(path));
  try {
    const { record } = file;
    requireOfKind(record, kind, path);
    const model = build(record);
    await file.readInto(model);
    if (model.kind === 'autoencoder' && record.kind === 'autoencoder') model.adopt(record);
    model.annotations = record.annotations;
    return model as ModelsByKind[Kind];
  } finally {
    await file.close();
  }
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
function requireOfKind(record: ModelRecord, kind: ModelKind | undefined, path: string): void {
  if (kind === undefined || record.kind === kind) return;
  throw new FileFormatError({
    path,
    expected: `a model of the kind '${kind}'`,
    received: `one of the kind '${record.kind}'`,
    remedy: `Take load(path, '${record.kind}'), or the file of another model.`,
  });
}

function build(record: ModelRecord): Sequential | MultiOutput | Autoencoder {
  if (record.kind === 'autoencoder') return new Autoencoder(record);
  return record.kind === 'multiOutput' ? new MultiOutput(record.spec) : new Sequential(record.spec);
}
