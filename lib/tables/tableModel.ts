import { isArray } from '../builtins.js';
import { requireKnownKeys, requireObject, withDefault } from '../checks.js';
import type { UnknownPolicy } from '../data/tableEncoder.js';
import type { TableSchema } from '../data/tableSchema.js';
import { ArgumentError, DataError, StateError } from '../errors.js';
import { allocateNumbers } from '../memory.js';
import type { PredictOptions } from '../model/fitOptions.js';
import { type JsonObject, jsonCopy } from '../model/json.js';
import { saveMembers } from '../model/modelFile.js';
import { inputMatrix, type Member, type Members, membersOf, taskOf } from './members.js';
import type { TableRow } from './memoryRows.js';
import type { TablePrediction, TablePredictions } from './predictions.js';
import { RowEncoder } from './rowEncoder.js';
import { tableAttachments } from './tableRecord.js';
import type { TableTask } from './trainingPlan.js';

/** What is done with values that the training has not seen. */
export interface UnknownOption {
  /**
   * A text that a column did not hold in training is an error, or is taken as none of those that it held
   * (`'ignore'`).
   *
   * @default 'error'
   */
  readonly unknown?: UnknownPolicy | undefined;
}

/** Options of `TableModel.predict`. */
export interface TablePredictOptions extends UnknownOption, PredictOptions {}

/** What a trained model of a table is made of. */
export interface TableModelParts {
  readonly schema: TableSchema;
  readonly networks: readonly Member[];
  /** For people to read. */
  readonly training?: object | undefined;
}

/** Parts that belong together. */
interface Trained {
  readonly schema: TableSchema;
  readonly members: Members;
  readonly training: JsonObject;
}

/**
 * A model of a table: networks, and all that they have to know of its columns. Rows go in as they stand in the
 * table, and predictions come out in the terms of its target.
 */
export class TableModel {
  readonly kind = 'table';
  #parts: Trained | undefined;
  readonly #encoders = new Map<UnknownPolicy, RowEncoder>();

  /**
   * @internal Models are made by `tableModel` and `load`.
   * @param path how errors call the model
   */
  constructor(parts?: TableModelParts, path?: string) {
    if (parts !== undefined) this.adopt(parts, path);
  }

  /** Its columns, with their scales, categories and classes. @throws StateError before `fit`. */
  get schema(): TableSchema {
    return this.#trained().schema;
  }

  /** What it learns: its target, or, as an autoencoder, the rows themselves. @throws StateError before `fit`. */
  get task(): TableTask {
    return taskOf(this.schema);
  }

  /** The networks, which predict together. @throws StateError before `fit`. */
  get members(): readonly [Member, ...Member[]] {
    return this.#trained().members.networks;
  }

  /** What it was trained on, for people to read: plain data that is saved with it. @throws StateError before `fit`. */
  get training(): JsonObject {
    return this.#trained().training;
  }

  /** Plain data of your own that is saved with the model. Default `{}`. @throws StateError before `fit`. */
  get annotations(): JsonObject {
    return this.members[0].annotations;
  }

  /** @throws ArgumentError when the value is not plain data of JSON; StateError before `fit`. */
  set annotations(value: object) {
    this.members[0].annotations = value;
  }

  /**
   * What the model says of rows, computed on threads of the process; the event loop stays free.
   *
   * ```ts
   * const { predictions } = await model.predict([{ speed: 1149, colour: 'red' }]);
   * ```
   *
   * @param rows Objects with a value for each column, or arrays of values in the order of `schema.columns`.
   * @throws DataError for a column that a row lacks, and for a value that the column cannot hold; ArgumentError;
   * StateError before `fit`
   */
  async predict(
    rows: readonly TableRow[],
    options: TablePredictOptions = {},
  ): Promise<TablePredictions> {
    const { unknown, ...computing } = requireObject(options, 'options');
    const { members } = this.#trained();
    const inputs = this.#encoded(rows, unknown);
    return await members.predict(inputMatrix(inputs, this.members[0].inputSize), computing);
  }

  /**
   * What the model says of one row, computed on the caller's thread: the right form for a service.
   *
   * ```ts
   * model.predictSync({ speed: 1149, colour: 'red' }).prediction; // 13.2
   * ```
   *
   * @param row An object with a value for each column, or an array of values in the order of `schema.columns`.
   * @throws as `predict`
   */
  predictSync(row: TableRow, options: UnknownOption = {}): TablePrediction {
    const { members } = this.#trained();
    const { unknown } = requireOnly(options, ['unknown']);
    const encoder = this.#encoder(unknown);
    const inputs = new Float32Array(encoder.width);
    encoder.encode(row, inputs, 0, 'row');
    return members.predictSync(inputs).at(0) as TablePrediction;
  }

  /**
   * Saves the model as one safetensors file, which `load` reads: see `Sequential.save`.
   *
   * @throws as `Sequential.save`; StateError before `fit`
   */
  async save(path: string): Promise<void> {
    const { members, schema, training } = this.#trained();
    const networks = members.networks.map((network) => network.member());
    await saveMembers(path, networks, tableAttachments({ schema, training }));
  }

  /** @internal Takes the place of what it was. */
  adopt({ schema, networks, training = {} }: TableModelParts, path = 'model'): void {
    const members = membersOf(networks, schema, path);
    const told = jsonCopy(training, 'training') as JsonObject;
    const attachments = tableAttachments({ schema, training: told });
    // A checkpoint of a network is a model of the table, too.
    for (const network of networks) network.attachments = attachments;
    this.#parts = { schema, members, training: told };
    this.#encoders.clear();
  }

  #trained(): Trained {
    if (this.#parts !== undefined) return this.#parts;
    throw new StateError({
      path: 'model',
      expected: 'a model that is trained',
      received: 'one that is not',
      remedy: 'Train it: await model.fit(table).',
    });
  }

  #encoded(rows: unknown, unknown: unknown): Float32Array {
    const encoder = this.#encoder(unknown);
    if (!isArray(rows) || rows.length === 0) {
      throw new DataError({
        path: 'rows',
        expected: 'an array of rows, at least one',
        received: isArray(rows) ? 'none' : typeof rows,
        remedy: isArray(rows) ? '' : 'Write [row] for a single one, or take predictSync.',
      });
    }
    const { width } = encoder;
    const inputs = allocateNumbers(
      Float32Array,
      rows.length * width,
      'rows',
      `${rows.length} rows`,
    );
    for (let row = 0; row < rows.length; row++) {
      encoder.encode(rows[row], inputs, row * width, `rows[${row}]`);
    }
    return inputs;
  }

  #encoder(given: unknown): RowEncoder {
    const policy = unknownPolicy(given);
    const known = this.#encoders.get(policy) ?? new RowEncoder(this.schema, policy);
    this.#encoders.set(policy, known);
    return known;
  }
}

function requireOnly(options: object, names: readonly string[]): Record<string, unknown> {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, names, '');
  return given;
}

function unknownPolicy(given: unknown): UnknownPolicy {
  const policy = withDefault(given, 'error');
  if (policy === 'error' || policy === 'ignore') return policy;
  throw new ArgumentError({
    path: 'unknown',
    expected: "'error' or 'ignore'",
    received: JSON.stringify(policy) ?? typeof policy,
  });
}
