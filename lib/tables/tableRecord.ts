import { isArray, messageOf } from '../builtins.js';
import {
  countRule,
  describeValue,
  isPlainObject,
  requireInteger,
  requireNumber,
  requireObject,
} from '../checks.js';
import { requireList, requireRecord } from '../data/schemaChecks.js';
import { parseTableSchema, type TableSchema } from '../data/tableSchema.js';
import { FileFormatError } from '../errors.js';
import { type DetectorRecord, normaliseDetector } from '../model/detectorRecord.js';
import type { JsonObject } from '../model/json.js';
import type { Attachments } from '../model/modelFile.js';
import type { Sequential } from '../model/sequential.js';
import { remedyForWriter } from '../version.js';
import { carryScales, type OwnScales, withOwnScales } from './carriedScales.js';
import { coverageRule, type Intervals } from './intervals.js';
import type { Member } from './members.js';

/**
 * What a file says of the table that its model was trained on: an entry of the metadata of its own. Versions
 * before 0.3 had it among the annotations of the model.
 */

/** All that prediction needs to know about the data, and what is good to know of the training. */
export interface TableRecord {
  readonly schema: TableSchema;
  /** For people to read: the file, rows, epochs, losses. Empty where nothing was told. */
  readonly training: JsonObject;
  /** By how far targets are from what the networks say; undefined while there is none. */
  readonly detector?: DetectorRecord | undefined;
  /** Of a model with intervals: behind its networks stand those of the lower end, then as many of the upper one. */
  readonly intervals?: IntervalRecord | undefined;
  /** Of each network of the file, those that are its own; undefined where none has any. */
  readonly scales?: readonly (OwnScales | null)[] | undefined;
}

/** What a model is made of. */
export interface TableParts extends Omit<TableRecord, 'intervals' | 'scales'> {
  readonly networks: readonly Member[];
  readonly intervals?: Intervals | undefined;
}

export interface IntervalRecord extends Pick<Intervals, 'coverage' | 'widening' | 'rows'> {
  /** Networks of each end. */
  readonly networks: number;
}

/** What a file says of intervals besides their networks. */
export function intervalRecord({ coverage, widening, rows, lower }: Intervals): IntervalRecord {
  return { coverage, widening, rows, networks: lower.length };
}

/** The name of the entry. */
const tableKey = 'layerwise.tableModel';
const formatVersion = 1;

/** The entry of the metadata. */
export function tableAttachments(record: TableRecord): Attachments {
  const { schema, training, detector, intervals, scales } = record;
  const entry = { version: formatVersion, schema, training, detector, intervals, scales };
  return { [tableKey]: JSON.stringify(entry) };
}

/**
 * The same entry of a file, as it stands there, for a network without its table; nothing where there is none. A detector
 * belongs to the weights that it was made for, which nobody then watches.
 */
export function attachmentsIn(metadata: ReadonlyMap<string, string>): Attachments {
  const text = metadata.get(tableKey);
  if (text === undefined) return {};
  return { [tableKey]: withoutDetector(text) };
}

function withoutDetector(text: string): string {
  try {
    const entry: unknown = JSON.parse(text);
    if (!isPlainObject(entry) || entry.detector === undefined) return text;
    const { detector: _, ...rest } = entry;
    return JSON.stringify(rest);
  } catch {
    // It is an error where the table is asked for.
    return text;
  }
}

/** What a file says, of which one entry may tell of a table. */
interface Described {
  readonly metadata: ReadonlyMap<string, string>;
  readonly annotations: JsonObject;
}

/** Whether a file is that of a model of a table. */
export function describesTable({ metadata, annotations }: Described): boolean {
  return metadata.has(tableKey) || isOldRecord(annotations);
}

/** What `layerwise train` of older versions has written. */
function isOldRecord({ data }: JsonObject): boolean {
  return isPlainObject(data) && data.kind === 'table';
}

/** A record, and the annotations that are somebody else's. */
export interface ReadTableRecord {
  readonly record: TableRecord;
  readonly annotations: JsonObject;
}

/**
 * What a file says of its table.
 *
 * @param path how errors call the file
 * @throws FileFormatError for no model of a table, or one of a version that says more of its table than this one
 * understands
 */
export function readTableRecord(
  { metadata, annotations }: Described,
  path: string,
): ReadTableRecord {
  const text = metadata.get(tableKey);
  if (text !== undefined) {
    const place = `${path}: metadata '${tableKey}'`;
    return { record: recordOf(parseJson(text, place), place), annotations };
  }
  if (isOldRecord(annotations)) {
    const { data, training, ...others } = annotations;
    const place = `${path} (annotations.data)`;
    const schema = readStrictly(data, parseTableSchema, place, writerOf(training));
    return { record: { schema, training: objectOf(training) }, annotations: others };
  }
  throw new FileFormatError({
    path,
    expected: 'a model of a table',
    received: 'a model without a description of its data',
    remedy: 'A model of a program of your own is applied by that program.',
  });
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const received = messageOf(cause);
    throw new FileFormatError({ path: place, expected: 'JSON', received }, { cause });
  }
}

function recordOf(value: unknown, place: string): TableRecord {
  const { training } = isPlainObject(value) ? value : {};
  const parse = (given: unknown): TableRecord & { readonly version: number } => {
    const { version, schema, detector, intervals, scales } = isPlainObject(given) ? given : {};
    if (version === formatVersion) {
      const read = {
        schema: parseTableSchema(schema, `${place}.schema`),
        training: objectOf(training),
        ...(detector !== undefined && { detector: detectorOf(detector, `${place}.detector`) }),
        ...(intervals !== undefined && {
          intervals: intervalRecordOf(intervals, `${place}.intervals`),
        }),
        ...(scales !== undefined && { scales: scalesOf(scales, `${place}.scales`) }),
      };
      return { version, ...read };
    }
    throw new FileFormatError({
      path: `${place}.version`,
      expected: String(formatVersion),
      received: describeValue(version),
    });
  };
  const { version: _, ...record } = readStrictly(value, parse, place, writerOf(training));
  return record;
}

/** What stands in a file of intervals. */
function intervalRecordOf(given: unknown, place: string): IntervalRecord {
  const expected = 'the description of intervals';
  try {
    const record = requireObject(given, place);
    return {
      coverage: requireNumber(record.coverage, `${place}.coverage`, coverageRule),
      widening: requireNumber(record.widening, `${place}.widening`),
      rows: requireInteger(record.rows, `${place}.rows`, countRule),
      networks: requireInteger(record.networks, `${place}.networks`, countRule),
    };
  } catch (cause) {
    throw new FileFormatError({ path: place, expected, received: messageOf(cause) }, { cause });
  }
}

function scalesOf(given: unknown, place: string): (OwnScales | null)[] {
  return requireList(given, place).map((each, index) => {
    if (each === null) return null;
    const record = requireRecord(each, `${place}[${index}]`);
    const parts = { header: true, columns: record.columns, target: record.target };
    const { columns, target } = parseTableSchema(parts, `${place}[${index}]`);
    return { columns, target };
  });
}

/**
 * The parts of a model, of which a file has all networks one behind the other.
 *
 * @throws FileFormatError where they are not as many as the record says
 */
export function partsOfRecord(
  { intervals: record, scales, ...others }: TableRecord,
  networks: readonly Member[],
  path: string,
): TableParts {
  if (scales !== undefined) giveScales(networks, scales, others.schema, path);
  if (record === undefined) return { ...others, networks };
  const { networks: count, ...found } = record;
  const first = networks.length - 2 * count;
  const ends = networks
    .slice(Math.max(0, first))
    .filter((network) => network.kind === 'sequential');
  const [lower, upper] = [ends.slice(0, count), ends.slice(count)];
  if (first < 1 || lower.length < count || upper.length < count) {
    const expected = `${2 * count} networks for the ends of intervals behind those that predict`;
    throw new FileFormatError({ path, expected, received: `${networks.length} networks in all` });
  }
  const intervals = {
    ...found,
    lower: lower as [Sequential, ...Sequential[]],
    upper: upper as [Sequential, ...Sequential[]],
  };
  return { ...others, networks: networks.slice(0, first), intervals };
}

/** @throws FileFormatError for scales that do not belong to the networks of the table */
function giveScales(
  networks: readonly Member[],
  scales: readonly (OwnScales | null)[],
  schema: TableSchema,
  path: string,
): void {
  const expected = 'scales of columns of the table, for each network or null';
  if (scales.length !== networks.length) {
    throw new FileFormatError({ path, expected, received: `${scales.length} of them` });
  }
  for (const [index, network] of networks.entries()) {
    const own = scales[index];
    if (!own) continue;
    const all = withOwnScales(schema, own);
    if (all === undefined || network.kind !== 'sequential') {
      throw new FileFormatError({ path, expected, received: `others for network ${index + 1}` });
    }
    carryScales(network, schema, all);
  }
}

/** One number is predicted. */
function detectorOf(given: unknown, place: string): DetectorRecord {
  const expected = 'a detector of a model that predicts a number';
  try {
    const record = normaliseDetector(given, 1, place);
    if (record.usualErrors !== undefined) return record;
  } catch (cause) {
    throw new FileFormatError({ path: place, expected, received: messageOf(cause) }, { cause });
  }
  throw new FileFormatError({ path: place, expected, received: 'one of other errors' });
}

function objectOf(value: unknown): JsonObject {
  return isPlainObject(value) ? (value as JsonObject) : {};
}

/** The version that has written a record. */
function writerOf(training: unknown): unknown {
  return isPlainObject(training) ? training.version : undefined;
}

/**
 * Reads what a version wrote that may be newer than this one: what this one does not know may change what the rest
 * means, and is refused, not passed over.
 *
 * @param writer the version, if it is known
 * @throws FileFormatError with the way out, where there is one
 */
export function readStrictly<Value>(
  given: unknown,
  parse: (given: unknown, place: string) => Value,
  place: string,
  writer: unknown,
): Value {
  try {
    const read = parse(given, place);
    requireNothingElse(given, read, place);
    return read;
  } catch (error) {
    const remedy = remedyForWriter(writer);
    if (!(error instanceof FileFormatError) || remedy === '') throw error;
    const { path, expected, received } = error;
    throw new FileFormatError({ path, expected, received, remedy }, { cause: error });
  }
}

function requireNothingElse(given: unknown, read: unknown, path: string): void {
  if (isArray(given) && isArray(read)) {
    for (const [index, item] of given.entries()) {
      requireNothingElse(item, read[index], `${path}[${index}]`);
    }
  }
  if (!isPlainObject(given) || !isPlainObject(read)) return;
  for (const [key, value] of Object.entries(given)) {
    if (Object.hasOwn(read, key)) requireNothingElse(value, read[key], `${path}.${key}`);
    else throw unknownKey(`${path}.${key}`);
  }
}

function unknownKey(path: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'nothing beyond what this version knows',
    received: 'an unknown key',
    remedy: 'The model was not written by `layerwise train`, or it is damaged.',
  });
}
