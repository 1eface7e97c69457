import { isPlainObject } from '../../checks.js';
import { type IdxSchema, parseIdxSchema } from '../../data/idxSchema.js';
import type { TableSchema } from '../../data/tableSchema.js';
import { FileFormatError } from '../../errors.js';
import type { LoadedKind, ModelsByKind } from '../../load.js';
import type { JsonObject } from '../../model/json.js';
import type { Member } from '../../tables/members.js';
import { readStrictly } from '../../tables/tableRecord.js';

/** A network, and all that it knows of the data that it was trained on. */
export interface TrainedModel {
  /** Most have one. */
  readonly networks: readonly [Member, ...Member[]];
  readonly schema: TableSchema | IdxSchema;
}

/**
 * What `layerwise train` has made of a table or of images.
 *
 * @throws FileFormatError for anything else, and for the model of a version that says more of its data than this one
 * understands.
 */
export function trainedModel(model: ModelsByKind[LoadedKind], path: string): TrainedModel {
  if (model.kind === 'table') {
    return { networks: model.members, schema: model.schema };
  }
  if (model.kind === 'multiOutput') {
    throw new FileFormatError({
      path,
      expected: 'a model that `layerwise train` wrote',
      received: 'a network of several outputs',
      remedy: 'Load it in a program, and use its method predict.',
    });
  }
  return { networks: [model], schema: imageSchemaOf(model.annotations, path) };
}

/**
 * The schema that a model of images carries.
 *
 * @throws FileFormatError when the model was not made by `layerwise train`, or by a version that
 * says more of its data than this one understands.
 */
export function imageSchemaOf({ data, training }: JsonObject, path: string): IdxSchema {
  if (!isPlainObject(data) || data.kind !== 'idx') {
    throw new FileFormatError({
      path,
      expected: 'a model that `layerwise train` wrote',
      received: 'a model without a description of its data',
      remedy: 'A model saved by a program of your own is applied by that program.',
    });
  }
  const writer = isPlainObject(training) ? training.version : undefined;
  return readStrictly(data, parseIdxSchema, `${path} (annotations.data)`, writer);
}
