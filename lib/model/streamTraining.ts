import { setImmediate } from 'node:timers/promises';
import { DataError, ShapeError } from '../errors.js';
import type { NativeDataset, NativeRun, NativeStream, NativeWantedRows } from '../native.js';
import type { ResolvedFit } from './fitOptions.js';
import type { ChunkForm } from './streamChunks.js';
import { requireStreamable, resolveStream, rowsRule, type StreamOptions } from './streamOptions.js';
import { errorAt, StreamReader, type StreamRule, wrongLength } from './streamReader.js';
import {
  type DataRule,
  makeDataset,
  type PrepareData,
  type PreparedData,
  writeRows,
} from './upload.js';

/** A training whose rows come while it goes on: the side of it that asks the caller for them. */

/** What a stream needs to know of its run: when it is stopped. */
interface Stoppable {
  onStop(stop: () => void): void;
}

type ReadChunk = Omit<StreamRule, 'rows' | 'rowsPerEpoch'>;

/** How chunks are read. */
interface ReadingRule {
  readonly form: ChunkForm;
  readonly rule: DataRule;
  readonly prepareData: PrepareData;
}

/**
 * Data of `fit` that is a stream.
 *
 * @param isPart Whether the run is a part of another one, which may go on with it.
 * @throws ArgumentError
 */
export function streamedData(
  data: Record<string, unknown>,
  { form, rule, prepareData }: ReadingRule,
  options: ResolvedFit,
  isPart: boolean,
): StreamedData {
  const outputs = rule.outputs.map(({ name }) => name);
  const stream = resolveStream(data, outputs, form.hasClasses);
  requireStreamable(stream, options, isPart);
  const { classes } = stream;
  const prepare = (chunk: unknown): PreparedData => {
    const whole = classes === undefined ? chunk : { ...(chunk as object), classes };
    return prepareData(whole, rule, '');
  };
  return new StreamedData(stream, { form, outputs, prepare });
}

/** The data of a run that is a stream, before anything of it is read. */
export class StreamedData {
  readonly #options: StreamOptions;
  readonly #chunks: ReadChunk;

  constructor(options: StreamOptions, chunks: ReadChunk) {
    this.#options = options;
    this.#chunks = chunks;
  }

  get classes(): PreparedData['classes'] {
    return this.#options.classesOfOutputs;
  }

  /**
   * Reads the first rows, which may be long in coming, and all of an epoch where it is not known how many there are.
   *
   * @returns undefined where the run is stopped meanwhile, or its time is over.
   */
  async open(
    run: Stoppable,
    timeLimit: number | undefined,
    batchSizeFor: (rows: number) => number,
  ): Promise<StreamFeeder | undefined> {
    const over = new AbortController();
    run.onStop(() => over.abort());
    const timer = timeLimit && setTimeout(() => over.abort(), millisecondsOf(timeLimit));
    try {
      const ended = aborted(over.signal);
      return await Promise.race([this.#open(over.signal, batchSizeFor), ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #open(
    over: AbortSignal,
    batchSizeFor: (rows: number) => number,
  ): Promise<StreamFeeder | undefined> {
    const rows = this.#options.rowsPerEpoch ?? (await this.#count(over));
    if (over.aborted) return undefined;
    const batchRows = batchSizeFor(rows);
    const reader = this.#read(rows, over);
    try {
      const first = await reader.peek();
      if (first === undefined) throw wrongLength(1, rows, '0');
      return new StreamFeeder(reader, first, { ...this.#options, rows, batchRows });
    } catch (error) {
      // The first error is the one that counts.
      await reader.close().catch(() => {});
      throw error;
    }
  }

  /** The rows of an epoch; fewer when they are wanted no more. */
  async #count(over: AbortSignal): Promise<number> {
    const reader = this.#read(undefined, over);
    let row = 0;
    try {
      while (!over.aborted) {
        const taken = await reader.take({ epoch: 1, row }, rowsRule.maximum);
        if (taken === undefined) break;
        row += taken.end - taken.start;
        await setImmediate();
      }
    } finally {
      await reader.close();
    }
    if (row > 0 || over.aborted) return row;
    throw new DataError({ path: 'data.rows', expected: 'at least one row', received: 'no rows' });
  }

  #read(rowsPerEpoch: number | undefined, over: AbortSignal): StreamReader {
    const reader = new StreamReader({ ...this.#chunks, rows: this.#options.rows, rowsPerEpoch });
    // Whoever ends the run hears of no error of it any more.
    void aborted(over).then(() => reader.close().catch(() => {}));
    return reader;
  }
}

/** Longer times would be over at once. */
const mostMilliseconds = 2 ** 31 - 1;

function millisecondsOf(seconds: number): number {
  return Math.min(1000 * seconds, mostMilliseconds);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

interface FeederOptions {
  readonly shuffleBuffer: number;
  /** Of an epoch. */
  readonly rows: number;
  readonly batchRows: number;
}

/** Hands the rows of a stream to a run as it wants them. */
export class StreamFeeder {
  readonly #reader: StreamReader;
  readonly #form: string;
  readonly #blocks: readonly [NativeDataset, NativeDataset];
  /** Of an epoch. */
  readonly rows: number;
  readonly stream: NativeStream;
  /** What tells the stream from another one, as far as anybody can without reading it. */
  readonly compared: { readonly identity: string };
  #isClosed = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    reader: StreamReader,
    first: PreparedData,
    { shuffleBuffer, rows, batchRows }: FeederOptions,
  ) {
    const blockRows = Math.ceil(Math.min(shuffleBuffer, rows) / batchRows) * batchRows;
    const largest = Math.min(rows, blockRows + batchRows - 1);
    this.#reader = reader;
    this.#form = formOf(first);
    this.#blocks = [makeDataset(first, largest), makeDataset(first, largest)];
    this.rows = rows;
    this.stream = { block: this.#blocks[1], rows, blockRows, batchRows };
    this.compared = { identity: JSON.stringify([rows, blockRows, this.#form]) };
  }

  /** The block that the run knows the form of the rows by. */
  get dataset(): NativeDataset {
    return this.#blocks[0];
  }

  /** Reads rows into the block that they are wanted in. */
  feed(wanted: NativeWantedRows, run: Pick<NativeRun, 'rowsFilled' | 'rowsFailed'>): void {
    const filled = this.#fill(wanted).then(
      () => run.rowsFilled(),
      (error: unknown) => {
        this.#failure ??= { error };
        run.rowsFailed();
      },
    );
    void filled;
  }

  /**
   * Trains, and has the stream let go of what it holds however that ends. An error of the stream takes the place of what
   * the run failed with for want of rows.
   */
  async use<Result>(train: () => Promise<Result>): Promise<Result> {
    let result: Result;
    try {
      result = await train();
    } catch (error) {
      this.#isClosed = true;
      // The first error is the one that counts.
      await this.#reader.close().catch(() => {});
      throw this.#failure === undefined ? error : this.#failure.error;
    }
    this.#isClosed = true;
    await this.#reader.close();
    return result;
  }

  async #fill({ epoch, row, count, block }: NativeWantedRows): Promise<void> {
    const dataset = this.#blocks[block as 0 | 1];
    for (let at = 0; at < count && !this.#isClosed; ) {
      const taken = await this.#reader.take({ epoch, row: row + at }, count - at);
      if (this.#isClosed) return;
      if (taken === undefined) throw wrongLength(epoch, this.rows, String(row + at));
      const { data, start, end, position } = taken;
      try {
        requireForm(data, this.#form);
        await writeRows(dataset, data, { start, end, at }, () => this.#isClosed);
      } catch (error) {
        throw errorAt(position, error);
      }
      at += end - start;
      // A stream of what lies in memory would else hold the event loop.
      await setImmediate();
    }
    if (row + count === this.rows && !this.#isClosed) await this.#reader.endEpoch();
  }
}

/** What the rows of a stream have in common. */
function formOf({ inputs, targets, weights }: PreparedData): string {
  const { columns, inputType, scale, offset } = inputs;
  const kinds = targets.map(({ target, targetColumns }) => [target, targetColumns]);
  return JSON.stringify([columns, inputType, scale, offset, kinds, weights !== undefined]);
}

function requireForm(data: PreparedData, form: string): void {
  if (formOf(data) === form) return;
  throw new ShapeError({
    path: '',
    expected: 'inputs, targets and weights of the same kinds as the first rows of the stream',
    received: 'other kinds',
    remedy:
      'Give all rows as numbers or all as bytes with the same scale, and all with weights or none.',
  });
}
