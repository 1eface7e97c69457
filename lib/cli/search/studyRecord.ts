import { isDeepStrictEqual } from 'node:util';
import { isPlainObject, listOf } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import type { JsonObject } from '../../model/json.js';
import { formatCount } from '../../quantities.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import { plural } from '../../terminal/style.js';
import { digestOf } from '../training/dataDigest.js';
import { classesOf, type TrainingData } from '../training/trainingData.js';
import type { SearchOptions } from './searchArguments.js';

/**
 * What the trials of a study have in common, and their values depend on: kept in its journal, so that
 * no trials of anything else get among them. What only says how the search goes (the sampler, the
 * pruner, `--patience`, `--threads`) may change, and how the file is written does not matter: the
 * columns and rows that were read do.
 */
export type StudyRecord = {
  readonly task: string;
  /** The column, or what is learned in place of one. */
  readonly target: string | null;
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** Which rows judge a trial, as options: `--folds 5 --groups patient`, `--validation 0.2`. */
  readonly judging: string;
  readonly epochs: number;
  /** Size of the code of an autoencoder. */
  readonly code: number | null;
  readonly balanced: boolean;
  /** Where the space is from; that of the file itself stands in the journal. */
  readonly space: 'default' | 'file';
  readonly data: DataRecord;
};

type DataRecord = {
  readonly file: string;
  readonly rows: number;
  readonly classes: number | null;
  /** Words of `--missing`, by which the same file gives other rows; null for the usual ones. */
  readonly missing: readonly string[] | null;
  readonly sha256: string;
};

export async function studyRecord(
  options: SearchOptions,
  data: TrainingData,
  { epochs, code }: TrainingPlan,
): Promise<StudyRecord> {
  const { schema, task, inputs } = data;
  return {
    task,
    target: schema.kind === 'table' ? (schema.target?.name ?? null) : null,
    columns:
      schema.kind === 'table'
        ? schema.columns.map(({ name, type }) => [name, type] as const)
        : [[`items of ${schema.shape.join(' x ')}`, schema.valueType]],
    judging: judgingText(options),
    epochs,
    code,
    balanced: options.balanced,
    space: options.space === undefined ? 'default' : 'file',
    data: {
      file: options.data,
      rows: inputs.rows,
      classes: classesOf(data)?.length ?? null,
      missing: options.missing ?? null,
      sha256: await digestOf(data),
    },
  };
}

function judgingText({ folds, groups, validation }: SearchOptions): string {
  if (folds === undefined) return `--validation ${validation}`;
  return `--folds ${folds}${groups === undefined ? '' : ` --groups ${groups}`}`;
}

/** That of a journal; null where there is none, or one that programs have written. */
export function readRecord(context: JsonObject | null): StudyRecord | null {
  if (context === null) return null;
  const { task, columns, judging, epochs, data } = context;
  const isOurs =
    [task, judging].every(isText) &&
    Number.isSafeInteger(epochs) &&
    Array.isArray(columns) &&
    columns.every(isColumn) &&
    isPlainObject(data) &&
    [data.file, data.sha256].every(isText) &&
    Number.isSafeInteger(data.rows) &&
    (data.missing === null || isTexts(data.missing));
  return isOurs ? (context as unknown as StudyRecord) : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

function isColumn(value: unknown): boolean {
  return isTexts(value) && value.length === 2;
}

/**
 * Refuses to go on with trials of something else.
 *
 * @param study the file.
 * @param changed whether the user says that other rows are meant.
 * @throws ArgumentError that says what was recorded, what came, and what to do.
 */
export function requireSameRecord(
  known: StudyRecord,
  wanted: StudyRecord,
  study: string,
  changed: boolean,
): void {
  const refuse = (what: string, expected: string, received: string, remedy = another): never => {
    throw new ArgumentError({ path: `${study}: ${what}`, expected, received, remedy });
  };
  for (const { what, of } of settings) {
    const [before, now] = [of(known), of(wanted)];
    if (before !== now) refuse(what, `${before}, as its trials have it`, now);
  }
  const columns = columnsDifference(known.columns, wanted.columns);
  if (columns !== null) refuse('columns', columns.expected, columns.received);
  if (changed || known.data.sha256 === wanted.data.sha256) return;
  refuse(
    'data',
    `${dataText(known.data)}, which its trials are of`,
    known.data.rows === wanted.data.rows
      ? `other rows: ${dataText(wanted.data)}, not all the same`
      : `other rows: ${dataText(wanted.data)}`,
    `Values of trials on other rows are hard to compare. Write --study-data changed to go on with them all the same. ${another}`,
  );
}

const another = 'To begin another study, name another file with --study.';

/** What must be the same, as the user knows it. */
const settings: readonly { what: string; of: (record: StudyRecord) => string }[] = [
  { what: 'task', of: ({ task }) => task },
  { what: 'target', of: ({ target }) => (target === null ? 'no --target' : `'${target}'`) },
  { what: 'rows that judge', of: ({ judging }) => judging },
  { what: 'epochs', of: ({ epochs }) => `--epochs ${epochs}` },
  { what: 'code', of: ({ code }) => (code === null ? 'no code' : `--code ${code}`) },
  {
    what: 'weights of classes',
    of: ({ balanced }) => (balanced ? '--balanced' : 'no --balanced'),
  },
];

function dataText({ file, rows, classes, missing }: DataRecord): string {
  const inClasses = classes === null ? '' : ` of ${formatCount(classes)} classes`;
  const words = missing?.map((word) => (word === '' ? "''" : word)).join(' ');
  const read = words === undefined ? '' : `, read with --missing ${words}`;
  return `${plural(rows, 'row')}${inClasses} in ${file}${read}`;
}

const mostNamed = 5;

type Columns = StudyRecord['columns'];

function columnsDifference(known: Columns, wanted: Columns) {
  if (isDeepStrictEqual(known, wanted)) return null;
  const [before, now] = [new Map(known), new Map(wanted)];
  const gone = known.filter(([name]) => !now.has(name)).map(([name]) => name);
  const added = wanted.filter(([name]) => !before.has(name)).map(([name]) => name);
  if (gone.length > 0 || added.length > 0) {
    return {
      expected: gone.length > 0 ? `${namesText(gone)} among the inputs` : 'no more inputs',
      received: added.length > 0 ? `${namesText(added)} among them` : 'inputs without it',
    };
  }
  const turned = known.find(([name, type]) => now.get(name) !== type);
  if (turned === undefined) return { expected: 'the order that they had', received: 'another' };
  const [name, type] = turned;
  return { expected: `'${name}' of type ${type}`, received: `type ${now.get(name)}` };
}

function namesText(names: readonly string[]): string {
  const more = names.length > mostNamed ? `, and ${names.length - mostNamed} more` : '';
  return `${listOf(names.slice(0, mostNamed).map((name) => `'${name}'`))}${more}`;
}
