import type { Row } from '../data/matrix.js';
import type { MultiOutputData } from './multiOutputTypes.js';
import type { SupervisedData } from './supervisedData.js';

/** Where a stream of rows is to begin. */
export interface StreamPosition {
  /** From 1, as in the events. */
  readonly epoch: number;
  /** The first row that is wanted of that epoch, from 0. */
  readonly row: number;
}

/**
 * Rows that come while the network trains on them, in the place of data in memory. No more than two buffers of them
 * are held, and nothing is asked for that has no room:
 *
 * ```ts
 * const rows = ({ epoch, row }) => readRowsFrom(row); // an async generator, say
 * await model.fit({ rows, rowsPerEpoch: 10_000_000 }, { epochs: 3 });
 * ```
 *
 * Rows are shuffled within each buffer, by a function of seed, epoch and place.
 */
export interface RowStream<Chunk> {
  /**
   * Gives the rows of an epoch from any row on, each time it is called, so that a training can be resumed and go
   * back. The same position has to give the same rows. A training that is resumed looks at the first rows too.
   *
   * A plain async iterable is one stream of the rows of all epochs: it cannot begin anywhere, and so neither be resumed
   * nor rolled back.
   */
  readonly rows: ((position: StreamPosition) => AsyncIterable<Chunk>) | AsyncIterable<Chunk>;
  /**
   * So many rows an epoch has. A stream that ends before or goes on behind is a DataError.
   *
   * @default counted first, by reading an epoch through; a plain async iterable needs the number
   */
  readonly rowsPerEpoch?: number | undefined;
  /**
   * Rows that are shuffled among each other, rounded up to whole batches; two such buffers are held.
   *
   * @default 8192
   */
  readonly shuffleBuffer?: number | undefined;
}

/** One target of a row: the number or the name of a class, a number, or a row of numbers. */
export type StreamedTarget = number | string | boolean | Row;

/** One row with what the network is to learn for it. */
export interface StreamedRow<Target = StreamedTarget> {
  /** As many numbers as the network has inputs. */
  readonly input: Row;
  /** Of several outputs an object with that of each. */
  readonly target: Target;
  /** As one of the `weights` of `fit`; all rows of a stream have one, or none has. */
  readonly weight?: number | undefined;
}

/** What a stream gives at a time: a row, several, or rows in the form of data in memory. */
export type StreamChunk = StreamedRow | readonly StreamedRow[] | Omit<SupervisedData, 'classes'>;

/** A stream for a network of one output. */
export interface SupervisedStream extends RowStream<StreamChunk> {
  /** The names of the classes in the order of the outputs, when the targets are names. */
  readonly classes?: readonly string[] | undefined;
}

type MultiOutputRow<Name extends string> = StreamedRow<Readonly<Record<Name, StreamedTarget>>>;

/** A stream for a network of several outputs. */
export interface MultiOutputStream<Name extends string = string>
  extends Pick<MultiOutputData<Name>, 'classes'>,
    RowStream<
      | MultiOutputRow<Name>
      | readonly MultiOutputRow<Name>[]
      | Omit<MultiOutputData<Name>, 'classes'>
    > {}
