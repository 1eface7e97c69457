import {
  isPlainObject,
  joinPath,
  listOf,
  notA,
  requireInteger,
  requireNumber,
  requireObject,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import { type JsonObject, jsonCopy } from '../model/json.js';
import type { StudyEvent } from './events.js';

/**
 * The one check of events: a study holds what happens to it to the same rules as what it reads from a
 * journal, so that nothing is written that could not be read again.
 */

/**
 * The event as a file holds it: a copy that nobody can change, with the same fields in the same order.
 *
 * @param path where it stands, for errors.
 * @throws ArgumentError
 */
export function requireEvent(value: unknown, path: string): StudyEvent {
  const fields = requireObject(value, path);
  const { type } = fields;
  const isKnown = typeof type === 'string' && Object.hasOwn(fieldsOf, type);
  if (!isKnown) throw notA(`an event of a study: ${types}`, type, path);
  const kind = type as StudyEvent['type'];
  requireFields(fields, kind, path);
  return Object.freeze(builders[kind](new Reader(fields, path)));
}

/** What the events of each type have, besides their type. */
const fieldsOf: Readonly<Record<StudyEvent['type'], readonly string[]>> = {
  directed: ['direction', 'at'],
  started: ['number', 'parameters', 'at'],
  restarted: ['number', 'at'],
  reported: ['number', 'step', 'value', 'at'],
  noted: ['number', 'attribute', 'value', 'at'],
  finished: ['number', 'at', 'state', 'value', 'error'],
  described: ['context', 'at'],
  enqueued: ['parameters', 'at'],
};

/** What those of trials may have besides. */
const optionalFields: Readonly<Record<string, readonly string[]>> = {
  started: ['worker', 'queued'],
  restarted: ['worker'],
  reported: ['worker'],
  noted: ['worker'],
  finished: ['worker'],
};

const types = listOf(Object.keys(fieldsOf), 'or');

/** A newer version may have added a field that changes what the event means. */
function requireFields(
  fields: Record<string, unknown>,
  type: StudyEvent['type'],
  path: string,
): void {
  const known = ['type', ...fieldsOf[type], ...(optionalFields[type] ?? [])];
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    throw new ArgumentError({
      path: joinPath(path, name),
      expected: `one of the fields of '${type}': ${listOf(known)}`,
      received: 'an unknown field',
    });
  }
}

type Builders = {
  readonly [Type in StudyEvent['type']]: (
    reader: Reader,
  ) => Extract<StudyEvent, { readonly type: Type }>;
};

const builders: Builders = {
  directed: (reader) => ({
    type: 'directed',
    direction: reader.oneOf('direction', ['minimize', 'maximize']),
    at: reader.number('at'),
  }),
  described: (reader) => ({
    type: 'described',
    context: reader.object('context'),
    at: reader.number('at'),
  }),
  enqueued: (reader) => ({
    type: 'enqueued',
    parameters: reader.object('parameters'),
    at: reader.number('at'),
  }),
  started: (reader) => ({
    type: 'started',
    number: reader.natural('number'),
    parameters: reader.object('parameters'),
    at: reader.number('at'),
    ...reader.flag('queued'),
    ...reader.worker(),
  }),
  restarted: (reader) => ({
    type: 'restarted',
    number: reader.natural('number'),
    at: reader.number('at'),
    ...reader.worker(),
  }),
  reported: (reader) => ({
    type: 'reported',
    number: reader.natural('number'),
    step: reader.natural('step'),
    value: reader.numberOrNull('value'),
    at: reader.number('at'),
    ...reader.worker(),
  }),
  noted: (reader) => ({
    type: 'noted',
    number: reader.natural('number'),
    attribute: reader.text('attribute'),
    value: reader.json('value'),
    at: reader.number('at'),
    ...reader.worker(),
  }),
  finished: (reader) => {
    const state = reader.oneOf('state', ['complete', 'pruned', 'failed']);
    return {
      type: 'finished',
      number: reader.natural('number'),
      at: reader.number('at'),
      state,
      value: state === 'complete' ? reader.number('value') : reader.null('value'),
      error: state === 'failed' ? reader.text('error') : reader.null('error'),
      ...reader.worker(),
    };
  },
};

/** The fields of an event, each as what it has to be. */
class Reader {
  readonly #fields: Record<string, unknown>;
  readonly #path: string;

  constructor(fields: Record<string, unknown>, path: string) {
    this.#fields = fields;
    this.#path = path;
  }

  /** Who it is of; nothing where it does not say. */
  worker(): { readonly worker?: string } {
    return this.#fields.worker === undefined ? {} : { worker: this.text('worker') };
  }

  /** True, or not there. */
  flag<Name extends string>(name: Name): { readonly [Key in Name]?: true } {
    const value = this.#fields[name];
    if (value === undefined) return {};
    if (value !== true) throw notA('true', value, this.#pathOf(name));
    return { [name]: true } as { readonly [Key in Name]?: true };
  }

  natural(name: string): number {
    const rule = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
    return requireInteger(this.#fields[name], this.#pathOf(name), rule) + 0;
  }

  number(name: string): number {
    // -0 is 0 in a file.
    return requireNumber(this.#fields[name], this.#pathOf(name)) + 0;
  }

  numberOrNull(name: string): number | null {
    return this.#fields[name] === null ? null : this.number(name);
  }

  null(name: string): null {
    if (this.#fields[name] === null) return null;
    throw notA('null', this.#fields[name], this.#pathOf(name));
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value === 'string') return value;
    throw notA('a text', value, this.#pathOf(name));
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.#fields[name];
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    const known = choices.map((candidate) => `'${candidate}'`);
    throw notA(listOf(known, 'or'), value, this.#pathOf(name));
  }

  json(name: string) {
    return jsonCopy(this.#fields[name], this.#pathOf(name));
  }

  object(name: string): JsonObject {
    const value = this.#fields[name];
    if (isPlainObject(value)) return this.json(name) as JsonObject;
    throw notA('an object', value, this.#pathOf(name));
  }

  #pathOf(name: string): string {
    return joinPath(this.#path, name);
  }
}
