import { setTimeout } from 'node:timers/promises';
import { isArray } from '../builtins.js';
import { describeValue, isPlainObject } from '../checks.js';
import { ArgumentError, DataError, LayerwiseError, renamedError } from '../errors.js';
import type { StreamPosition } from './rowStream.js';
import type { ChunkForm } from './streamChunks.js';
import type { PreparedData } from './upload.js';

/** Reads the chunks of a stream one after the other, from any position on where the stream can do that. */

type Chunks = AsyncIterable<unknown>;

export type OpenStream = ((position: StreamPosition) => unknown) | Chunks;

/** Rows of a chunk that nobody has taken yet. */
interface RestOfChunk {
  readonly data: PreparedData;
  /** Of its first row. */
  readonly position: StreamPosition;
  next: number;
}

/** Rows of a chunk, from `start` up to `end`. */
interface TakenRows {
  readonly data: PreparedData;
  /** Of the first row of the chunk. */
  readonly position: StreamPosition;
  readonly start: number;
  readonly end: number;
}

/** So many single rows are looked at together. */
const rowsTogether = 1024;

export interface StreamRule {
  readonly rows: OpenStream;
  /** Undefined while they are counted. */
  readonly rowsPerEpoch: number | undefined;
  readonly form: ChunkForm;
  /** The names of the outputs; empty for the only one. */
  readonly outputs: readonly string[];
  /** Checks the form of data. */
  prepare(data: unknown): PreparedData;
}

export class StreamReader {
  readonly #rule: StreamRule;
  #iterator: AsyncIterator<unknown> | undefined;
  /** Whether the iterator was made for the position, also if it has come to its end. */
  #isOpen = false;
  #isPending = false;
  #isClosed = false;
  /** Of the next row. */
  #position: StreamPosition = { epoch: 1, row: 0 };
  #rest: RestOfChunk | undefined;
  /** A chunk that came behind single rows and is no single row. */
  #ahead: { readonly value: unknown } | undefined;

  constructor(rule: StreamRule) {
    this.#rule = rule;
  }

  get #isPlain(): boolean {
    return typeof this.#rule.rows !== 'function';
  }

  /** Rows from a position on, at most so many as are asked for; undefined at the end of the stream. */
  async take(position: StreamPosition, most: number): Promise<TakenRows | undefined> {
    await this.#goTo(position);
    this.#rest ??= await this.#read(most);
    const rest = this.#rest;
    if (rest === undefined || this.#isClosed) return undefined;
    const { data, position: begin, next: start } = rest;
    const end = Math.min(data.inputs.rows, start + most);
    rest.next = end;
    if (end === data.inputs.rows) this.#rest = undefined;
    const { epoch, row } = this.#position;
    this.#position = { epoch, row: row + end - start };
    return { data, position: begin, start, end };
  }

  /** The first chunk, which stays to be taken. */
  async peek(): Promise<PreparedData | undefined> {
    await this.#goTo(this.#position);
    this.#rest ??= await this.#read(1);
    return this.#rest?.data;
  }

  /**
   * Behind the last row of an epoch. (A plain stream goes on with the next one.)
   *
   * @throws DataError where there are more rows.
   */
  async endEpoch(): Promise<void> {
    const { epoch } = this.#position;
    this.#position = { epoch: epoch + 1, row: 0 };
    if (this.#isPlain) return;
    const hasMore =
      this.#rest !== undefined || this.#ahead !== undefined || !(await this.#isDone());
    await this.#end();
    if (!hasMore || this.#isClosed) return;
    throw wrongLength(epoch, this.#rule.rowsPerEpoch, 'more');
  }

  /** Has the stream let go of what it holds. Waits for it, but not for long, and not while it is still to give a chunk. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end();
  }

  async #goTo({ epoch, row }: StreamPosition): Promise<void> {
    const isThere = this.#position.epoch === epoch && this.#position.row === row;
    if (isThere && this.#isOpen) return;
    const { rows } = this.#rule;
    if (typeof rows === 'function') {
      await this.#end();
      this.#iterator = iteratorOf(rows({ epoch, row }), 'data.rows()');
    } else {
      if (!isThere) throw cannotBeginAnywhere('data.rows', 'another place of the stream');
      this.#iterator = iteratorOf(rows, 'data.rows');
    }
    this.#position = { epoch, row };
    this.#isOpen = true;
  }

  async #end(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    this.#isOpen = false;
    this.#rest = undefined;
    this.#ahead = undefined;
    if (iterator?.return === undefined) return;
    const returned = iterator.return();
    // It may never come, and then the stream would never return either; nobody is left to hear of its errors.
    if (this.#isPending) void Promise.resolve(returned).catch(() => {});
    else await soon(Promise.resolve(returned));
  }

  async #isDone(): Promise<boolean> {
    return (await this.#next()) === undefined;
  }

  /** The next chunk; undefined at the end, after which the stream need not be told to return. */
  async #next(): Promise<{ readonly value: unknown } | undefined> {
    const iterator = this.#iterator;
    if (iterator === undefined) return undefined;
    this.#isPending = true;
    try {
      const result = await iterator.next();
      if (result.done !== true) return { value: result.value };
      this.#iterator = undefined;
      return undefined;
    } catch (error) {
      this.#iterator = undefined;
      throw error;
    } finally {
      this.#isPending = false;
    }
  }

  async #read(most: number): Promise<RestOfChunk | undefined> {
    const { form } = this.#rule;
    const rows: unknown[] = [];
    for (;;) {
      const chunk = this.#ahead ?? (await this.#next());
      this.#ahead = undefined;
      if (chunk === undefined || this.#isClosed) break;
      const { value } = chunk;
      if (form.isRow(value)) {
        rows.push(form.keep(value));
        if (rows.length < Math.min(most, rowsTogether)) continue;
        break;
      }
      if (rows.length > 0) {
        this.#ahead = chunk;
        break;
      }
      if (isArray(value) && value.length === 0) continue;
      return this.#prepare(value);
    }
    return rows.length === 0 ? undefined : this.#prepare(rows);
  }

  #prepare(chunk: unknown): RestOfChunk {
    const position = this.#position;
    const { form, outputs, prepare } = this.#rule;
    try {
      const data = isArray(chunk) ? form.together(chunk, outputs) : chunk;
      requireRows(data, form);
      if (form.isData(data)) return { data: prepare(data), position, next: 0 };
    } catch (error) {
      throw errorAt(position, error);
    }
    throw errorAt(
      position,
      new DataError({ path: '', expected: form.expected, received: describeValue(chunk) }),
    );
  }
}

/** A stream has so long to let go of what it holds, once nobody wants its rows any more. */
const millisecondsToReturn = 1000;

/** Waits for a promise that may never settle. Whoever has stopped waiting hears of no error. */
async function soon(promise: Promise<unknown>): Promise<void> {
  const waiting = new AbortController();
  const isLate = setTimeout(millisecondsToReturn, undefined, waiting).catch(() => {});
  try {
    await Promise.race([promise, isLate]);
  } finally {
    waiting.abort();
  }
}

/** @throws DataError for a single row under the name of several */
function requireRows(data: unknown, { single }: ChunkForm): void {
  const inputs = isPlainObject(data) ? data.inputs : undefined;
  if (!isArray(inputs) || typeof inputs[0] !== 'number') return;
  throw new DataError({
    path: 'inputs',
    expected: 'rows of numbers',
    received: 'numbers, as of one row',
    remedy: `A single row is given as ${single}, say.`,
  });
}

/** An error about a chunk of which this is the first row. */
export function errorAt({ epoch, row }: StreamPosition, error: unknown): unknown {
  if (!(error instanceof LayerwiseError)) return error;
  const place = `data.rows({ epoch: ${epoch}, row: ${row} })`;
  const isIndex = error.path.startsWith('[');
  const path = error.path === '' || isIndex ? `${place}${error.path}` : `${place}.${error.path}`;
  return renamedError(error, { path });
}

export function cannotBeginAnywhere(path: string, received: string): ArgumentError {
  return new ArgumentError({
    path,
    expected: 'rows from the beginning on, as a plain async iterable cannot begin anywhere',
    received,
    remedy:
      'Give a function in its place: rows: ({ epoch, row }) => an async iterable from there on.',
  });
}

export function wrongLength(
  epoch: number,
  rowsPerEpoch: number | undefined,
  received: string,
): DataError {
  return new DataError({
    path: 'data.rows',
    expected: `${rowsPerEpoch} rows in epoch ${epoch}`,
    received,
    remedy: 'Set rowsPerEpoch to the rows that the stream gives in each epoch.',
  });
}

function iteratorOf(value: unknown, path: string): AsyncIterator<unknown> {
  const isIterable = typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
  if (isIterable) return (value as Chunks)[Symbol.asyncIterator]();
  throw new ArgumentError({
    path,
    expected: 'an async iterable, such as the result of an async generator',
    received: describeValue(value),
  });
}
