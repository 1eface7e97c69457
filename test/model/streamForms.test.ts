/** Whatever a stream gives trains as the same rows in memory do, to the bit, where nothing is shuffled. */

import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  DataError,
  dense,
  fileRows,
  type Inputs,
  type MultiOutputStream,
  matrix,
  multiOutput,
  type Sequential,
  type StreamPosition,
  type SupervisedData,
  type SupervisedStream,
  sequential,
  sgd,
} from '../../lib/index.js';
import { npyOf, temporaryFolder } from '../data/numberFiles.js';

const { write } = await temporaryFolder();
const [rows, columns] = [103, 3];
const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i) / 2 + 0.5);
const bytes = Uint8Array.from({ length: rows * columns }, (_, i) => (i * i) % 251);
const numbers = Float64Array.from({ length: rows }, (_, row) => Math.cos(row));
const names = Array.from({ length: rows }, (_, row) => (row % 7 < 3 ? 'low' : 'high'));
const weights = Float32Array.from({ length: rows }, (_, row) => (row % 4) / 2);

const rowOf = (row: number) => [...values.subarray(row * columns, (row + 1) * columns)];
const all = Array.from({ length: rows }, (_, row) => row);

const options = { batchSize: 5, epochs: 2, seed: 5, threads: 1, shuffle: false } as const;
const lengths = { rowsPerEpoch: rows, shuffleBuffer: 20 };

/** Chunks of so many rows, made by their numbers, from any row on. */
function inChunks<Chunk>(size: number, make: (rows: readonly number[]) => Chunk) {
  return async function* ({ row }: StreamPosition) {
    for (let at = row; at < rows; at += size) yield make(all.slice(at, at + size));
  };
}

interface Trained {
  readonly parameters: readonly { readonly name: string }[];
  getParameter(name: string): Float32Array;
}
const weightsOf = (model: Trained) => model.parameters.map(({ name }) => model.getParameter(name));

const regressor = () => sequential([dense(4), dense(1)], { inputSize: columns, seed: 3 });

async function inMemory(data: SupervisedData): Promise<Float32Array[]> {
  const model = regressor();
  await model.fit(data, options);
  return weightsOf(model);
}

describe('a stream', () => {
  it.each([
    ['with targets', regressor(), '{ input: [1, 2], target: 0 }'],
    [
      'of an autoencoder',
      autoencoder({ inputSize: columns, code: 1 }),
      '{ input: [1, 2], weight: 1 }',
    ],
  ])('tells how a single row %s is written', async (_, model, written) => {
    const chunk = { inputs: rowOf(0), ...(model.kind === 'sequential' && { targets: [1] }) };
    const stream = { rows: inChunks(1, () => chunk as never), rowsPerEpoch: 1 };
    const error: unknown = await model.fit(stream, { epochs: 1 }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(DataError);
    const { message } = error as DataError;
    expect(message).toContain('row: 0 }).inputs: expected rows of numbers');
    expect(message).toContain(written);
  });

  it('of bytes with a scale', async () => {
    const scaling = { scale: 1 / 255, offset: -0.5 };
    const part = (from: number, count: number) =>
      matrix(bytes.subarray(from * columns, (from + count) * columns), count, columns, scaling);
    const streamed = regressor();
    const chunks = inChunks(17, (of) => ({
      inputs: part(of[0] as number, of.length),
      targets: of.map((row) => numbers[row] as number),
    }));
    await streamed.fit({ rows: chunks, ...lengths }, options);
    expect(weightsOf(streamed)).toEqual(
      await inMemory({ inputs: part(0, rows), targets: numbers }),
    );
  });

  it('of files, one after the other', async () => {
    const part = async (name: string, from: number, end: number) => ({
      inputs: await fileRows(
        await write(
          `${name}.npy`,
          npyOf(values.slice(from * columns, end * columns), [end - from, columns]),
        ),
      ),
      targets: await fileRows(
        await write(`${name}-targets.npy`, npyOf(numbers.slice(from, end), [end - from])),
      ),
      weights: await fileRows(
        await write(`${name}-weights.npy`, npyOf(weights.slice(from, end), [end - from])),
      ),
    });
    const parts = [await part('a', 0, 37), await part('b', 37, 38), await part('c', 38, rows)];
    async function* epochs() {
      for (let epoch = 0; epoch < options.epochs; epoch++) yield* parts;
    }
    const streamed = regressor();
    await streamed.fit({ rows: epochs(), ...lengths }, options);
    expect(weightsOf(streamed)).toEqual(
      await inMemory({ inputs: values, targets: numbers, weights }),
    );
  });

  it('of names of classes, with weights of classes by their names', async () => {
    const classifier = () =>
      sequential([dense(2, { activation: 'softmax' })], { inputSize: columns });
    const [streamed, ofMemory] = [classifier(), classifier()];
    const chunks = inChunks(10, (of) =>
      of.map((row) => ({ input: rowOf(row), target: names[row] as string, weight: 1 + (row % 3) })),
    );
    const more = { ...options, classWeights: { low: 2, high: 0.5 }, metrics: ['rocAuc'] } as const;
    const classes = ['low', 'high'];
    const history = await streamed.fit({ rows: chunks, classes, ...lengths }, more);
    const expected = await ofMemory.fit(
      { inputs: values, targets: names, classes, weights: all.map((row) => 1 + (row % 3)) },
      more,
    );
    expect(weightsOf(streamed)).toEqual(weightsOf(ofMemory));
    expect(history.epochs[1]?.metrics).toEqual(expected.epochs[1]?.metrics);
  });

  it('of rows that all lie in the same array', async () => {
    const input = new Float32Array(columns);
    const chunks = inChunks(1, ([row = 0]) => {
      input.set(rowOf(row));
      return { input, target: numbers[row] as number };
    });
    const pool = new Float32Array(8 * columns);
    const large = inChunks(8, (of) => {
      pool.set(of.flatMap(rowOf));
      const inputs = pool.subarray(0, of.length * columns);
      return { inputs, targets: of.map((row) => numbers[row] as number) };
    });
    const expected = await inMemory({ inputs: values, targets: numbers });
    for (const stream of [chunks, large] as SupervisedStream['rows'][]) {
      const streamed = regressor();
      await streamed.fit({ rows: stream, ...lengths }, options);
      expect(weightsOf(streamed)).toEqual(expected);
    }
  });

  it('for several outputs, in single rows and together', async () => {
    const make = () =>
      multiOutput(
        [dense(4)],
        { level: dense(2, { activation: 'softmax' }), place: dense(1) },
        { inputSize: columns },
      );
    const ofMemory = make();
    const classes = { level: ['low', 'high'] };
    const targets = { level: names, place: numbers };
    await ofMemory.fit({ inputs: values, targets, classes }, options);
    const single = inChunks(9, (of) =>
      of.map((row) => ({
        input: rowOf(row),
        target: { level: names[row] as string, place: numbers[row] as number },
      })),
    );
    const together = inChunks(9, (of) => ({
      inputs: of.map(rowOf),
      targets: {
        level: of.map((row) => names[row] as string),
        place: of.map((row) => numbers[row] as number),
      },
    }));
    type Stream = MultiOutputStream<'level' | 'place'>;
    for (const chunks of [single, together] as Stream['rows'][]) {
      const streamed = make();
      await streamed.fit({ rows: chunks, classes, ...lengths }, options);
      expect(weightsOf(streamed)).toEqual(weightsOf(ofMemory));
    }
    const lacking = inChunks(9, (of) => of.map((row) => ({ input: rowOf(row), target: 1 })));
    const run = make().fit({ rows: lacking as never, ...lengths }, options);
    await expect(run).rejects.toMatchObject({
      path: 'data.rows({ epoch: 1, row: 0 })[0].target',
      expected: 'an object with the targets of level, place',
    });
  });

  it('of inputs alone, for an autoencoder', async () => {
    const make = () =>
      autoencoder({ inputSize: columns, hidden: [4], code: 2, outputActivation: 'sigmoid' });
    const more = { ...options, loss: 'binaryCrossEntropy' } as const;
    const trained = async (data: Parameters<ReturnType<typeof make>['fit']>[0]) => {
      const model = make();
      await model.fit(data, more);
      return weightsOf(model);
    };
    const plain = await trained(values);
    const single = inChunks(1, ([row]) => rowOf(row as number));
    const lists = inChunks(11, (of): Inputs => of.map(rowOf));
    const flat = inChunks(11, (of) => Float32Array.from(of.flatMap(rowOf)));
    for (const chunks of [single, lists, flat]) {
      expect(await trained({ rows: chunks, ...lengths })).toEqual(plain);
    }
    const weighted = inChunks(11, (of) =>
      of.map((row) => ({ input: rowOf(row), weight: weights[row] as number })),
    );
    const one = inChunks(1, ([row = 0]) => ({ input: rowOf(row), weight: weights[row] as number }));
    const withWeights = await trained({ inputs: values, weights });
    expect(await trained({ rows: weighted, ...lengths })).toEqual(withWeights);
    expect(await trained({ rows: one, ...lengths })).toEqual(withWeights);

    const beyond = inChunks(1, ([row]) => [0, row as number, 0]);
    await expect(trained({ rows: beyond, ...lengths })).rejects.toMatchObject({
      path: 'data.rows({ epoch: 1, row: 0 }).targets[2][1]',
      expected: 'a number between 0 and 1 for binaryCrossEntropy',
    });
    const named = trained({ rows: single, ...lengths, classes: ['a'] } as never);
    await expect(named).rejects.toBeInstanceOf(ArgumentError);
    await expect(make().pretrain({ rows: single } as never)).rejects.toMatchObject({
      path: 'data',
      received: 'a stream',
    });
  });
});

describe('a training on a stream', () => {
  const single = inChunks(1, ([row = 0]) => ({
    input: rowOf(row),
    target: numbers[row] as number,
  }));

  it('goes back to the beginning of an epoch, as one on rows in memory does', async () => {
    const more = {
      ...options,
      onNonFinite: { action: 'rollback', factor: 1e-4, times: 20 },
      optimizer: sgd({ learningRate: 1e6 }),
    } as const;
    const begun: StreamPosition[] = [];
    const streamed = regressor();
    const history = await streamed.fit(
      {
        rows: (position) => {
          begun.push(position);
          return single(position);
        },
        ...lengths,
      },
      more,
    );
    const ofMemory = regressor();
    const expected = await ofMemory.fit({ inputs: values, targets: numbers }, more);
    expect(history.nonFinite).toEqual(expected.nonFinite);
    expect(history.nonFinite.length).toBeGreaterThan(1);
    expect(weightsOf(streamed)).toEqual(weightsOf(ofMemory));
    expect(begun.every(({ row }) => row === 0)).toBe(true);
  });

  it('ends at its time limit, though no more rows come', async () => {
    let hasReturned = false;
    async function* stalling({ row }: StreamPosition) {
      yield* inChunks(5, (of) => of.map((at) => ({ input: rowOf(at), target: 0 })))({
        epoch: 1,
        row: Math.max(row, rows - 25),
      });
      await never;
    }
    let release = (): void => {};
    const never = new Promise<void>((resolve) => {
      release = resolve;
    });
    const model = regressor();
    const history = await model.fit(
      {
        rows: (position) => {
          const chunks = stalling(position);
          return {
            [Symbol.asyncIterator]: () => ({
              next: () => chunks.next(),
              return: async () => {
                hasReturned = true;
                return { done: true, value: undefined };
              },
            }),
          };
        },
        ...lengths,
      },
      { ...options, timeLimit: 0.05 },
    );
    release();
    expect(history).toMatchObject({ stopReason: 'timeLimit', epochs: [] });
    expect(hasReturned).toBe(true);
  });
});

describe('a stream whose rows are no good', () => {
  const failing = async (
    chunk: (rows: readonly number[], epoch: number) => SupervisedData,
    model: Sequential = regressor(),
    more = {},
  ) => {
    async function* chunks({ epoch, row }: StreamPosition) {
      for (let at = row; at < rows; at += 10) yield chunk(all.slice(at, at + 10), epoch);
    }
    return await model.fit({ rows: chunks, ...lengths }, { ...options, ...more }).then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  const yesNo = () => sequential([dense(1, { activation: 'sigmoid' })], { inputSize: columns });
  const chunkOf = (of: readonly number[], target: (row: number) => number) => ({
    inputs: of.map(rowOf),
    targets: of.map(target),
  });

  it('is told with epoch and place: targets and weights', async () => {
    const error = await failing((of, epoch) =>
      chunkOf(of, (row) => (epoch === 2 && row === 43 ? Number.NaN : row)),
    );
    expect(error).toBeInstanceOf(DataError);
    expect(error).toHaveProperty('path', 'data.rows({ epoch: 2, row: 40 }).targets[3][0]');
    const negative = await failing((of) => ({
      ...chunkOf(of, (row) => row),
      weights: of.map((row) => (row === 67 ? -1 : 1)),
    }));
    expect(negative).toHaveProperty('path', 'data.rows({ epoch: 1, row: 60 }).weights[7]');
    const beyond = await failing(
      (of, epoch) => chunkOf(of, (row) => (epoch === 2 && row === 43 ? 1.5 : 0.5)),
      yesNo(),
      { loss: 'binaryCrossEntropy' },
    );
    expect(beyond).toBeInstanceOf(DataError);
    expect(beyond).toHaveProperty('path', 'data.rows({ epoch: 2, row: 40 }).targets[3]');
  });

  it('is told by the chunk, also of one with rows of two epochs', async () => {
    async function* endless() {
      for (let at = 0; ; at += 50) {
        yield chunkOf(
          all.slice(0, 50).map((row) => (row + at) % rows),
          (row) => (at === 100 && row === 7 ? Number.NaN : row),
        );
      }
    }
    const run = regressor().fit({ rows: endless(), ...lengths }, options);
    await expect(run).rejects.toMatchObject({
      path: 'data.rows({ epoch: 1, row: 100 }).targets[10][0]',
    });
  });

  it('is told where nothing of an epoch counts', async () => {
    const weightless = await failing((of) => ({
      ...chunkOf(of, (row) => row),
      weights: of.map(() => 0),
    }));
    expect(weightless).toMatchObject({
      path: 'data.rows().weights',
      expected: 'a weight above 0 among the rows of an epoch',
    });
    const late = await failing((of) => ({
      ...chunkOf(of, (row) => row),
      weights: of.map((row) => (row === rows - 1 ? 1 : 0)),
    }));
    expect(late).toBeUndefined();
    const ofClass = await failing((of) => chunkOf(of, () => 1), yesNo(), {
      classWeights: { 0: 1, 1: 0 },
    });
    expect(ofClass).toHaveProperty('path', 'classWeights');
  });

  it('is told where an epoch lacks what a metric is of', async () => {
    const ones = await failing((of) => chunkOf(of, () => 1), yesNo(), { metrics: ['rocAuc'] });
    expect(ones).toBeInstanceOf(DataError);
    expect(ones).toMatchObject({
      path: 'metrics[0]',
      expected: 'rows of label 0 among the rows of an epoch',
    });
    const late = await failing((of) => chunkOf(of, (row) => (row === rows - 1 ? 0 : 1)), yesNo(), {
      metrics: ['rocAuc'],
    });
    expect(late).toBeUndefined();
  });
});
