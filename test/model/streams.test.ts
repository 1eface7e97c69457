import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  batchNorm,
  customLoss,
  DataError,
  dense,
  type FitOptions,
  type Sequential,
  ShapeError,
  type StreamPosition,
  type SupervisedStream,
  sequential,
} from '../../lib/index.js';

const rowsInAll = 103;
const inputs = Array.from({ length: rowsInAll }, (_, row) => [Math.sin(row), Math.cos(3 * row)]);
const targets = inputs.map(([x = 0, y = 0]) => x * y + 0.1);

const options = { batchSize: 5, epochs: 3, seed: 5, threads: 1 } as const;

function model(): Sequential {
  return sequential([dense(6), batchNorm(), dense(1)], { inputSize: 2, seed: 2 });
}

function weightsOf(trained: Sequential): Float32Array[] {
  return trained.parameters.map(({ name }) => trained.getParameter(name));
}

type Chunk = 'row' | 'rows' | 'matrices';

async function* chunksFrom(row: number, kind: Chunk, end = rowsInAll) {
  const size = 7;
  for (let start = row; start < end; start += size) {
    const stop = Math.min(end, start + size);
    const list = inputs.slice(start, stop).map((input, i) => {
      return { input, target: targets[start + i] as number };
    });
    if (kind === 'row') yield* list;
    else if (kind === 'rows') yield list;
    else yield { inputs: inputs.slice(start, stop), targets: targets.slice(start, stop) };
  }
}

function stream(kind: Chunk = 'rows', more: Partial<SupervisedStream> = {}): SupervisedStream {
  const rows = ({ row }: StreamPosition) => chunksFrom(row, kind);
  return { rows, rowsPerEpoch: rowsInAll, shuffleBuffer: 20, ...more };
}

async function trained(data: SupervisedStream, more: FitOptions = {}): Promise<Float32Array[]> {
  const own = model();
  await own.fit(data, { ...options, ...more });
  return weightsOf(own);
}

async function failure(data: SupervisedStream, more: FitOptions = {}): Promise<unknown> {
  try {
    await model().fit(data, { ...options, ...more });
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a stream of rows', () => {
  it('trains to the same bits as the rows in memory, where nothing is shuffled', async () => {
    const inMemory = model();
    const history = await inMemory.fit({ inputs, targets }, { ...options, shuffle: false });
    const streamed = model();
    const same = await streamed.fit(stream(), { ...options, shuffle: false });
    expect(weightsOf(streamed)).toEqual(weightsOf(inMemory));
    expect(same.epochs.map(({ loss }) => loss)).toEqual(history.epochs.map(({ loss }) => loss));
  });

  it('trains to the same bits in all forms, at any number of threads', async () => {
    const expected = await trained(stream('matrices'));
    expect(await trained(stream('row'), { threads: 2 })).toEqual(expected);
    expect(await trained(stream('rows'))).toEqual(expected);
    expect(await trained(stream('rows', { rowsPerEpoch: undefined }))).toEqual(expected);
    expect(await trained(stream('rows', { shuffleBuffer: 40 }))).not.toEqual(expected);
  });

  it('takes a plain async iterable with the rows of all epochs', async () => {
    async function* all() {
      for (let epoch = 0; epoch < options.epochs; epoch++) yield* chunksFrom(0, 'rows');
    }
    expect(await trained(stream('rows', { rows: all() }))).toEqual(await trained(stream()));
  });

  it('asks for each epoch from its beginning, and for nothing that has no room', async () => {
    const begun: StreamPosition[] = [];
    let given = 0;
    let most = 0;
    const rows = (position: StreamPosition) => {
      begun.push(position);
      return (async function* () {
        for await (const row of chunksFrom(position.row, 'row')) {
          given++;
          yield row;
        }
      })();
    };
    // Called by the training, which waits for it: so many batches are taken then.
    let batches = 0;
    const loss = customLoss((outputs) => {
      const taken = Math.floor(batches / 21) * rowsInAll + (batches % 21) * options.batchSize;
      most = Math.max(most, given - taken);
      batches++;
      return { loss: 0, gradient: new Float32Array(outputs.length) };
    });
    await model().fit(stream('row', { rows }), { ...options, loss });
    expect(begun).toEqual([1, 2, 3].map((epoch) => ({ epoch, row: 0 })));
    expect(given).toBe(3 * rowsInAll);
    // Two buffers, of which one has the rest of the epoch too.
    expect(most).toBeLessThanOrEqual(20 + 23);
  });

  it('has the stream return when it is stopped, though no row ever comes', async () => {
    let hasReturned = false;
    const rows = (): AsyncIterable<never> => ({
      [Symbol.asyncIterator]: () => ({
        next: (): Promise<IteratorResult<never>> => new Promise(() => {}),
        return: async () => {
          hasReturned = true;
          return { done: true, value: undefined };
        },
      }),
    });
    const first = stream().rows as (position: StreamPosition) => AsyncIterable<never>;
    let calls = 0;
    const run = model().fit(
      stream('rows', {
        rows: (position: StreamPosition) =>
          position.epoch === 1 && calls++ === 0 ? first(position) : rows(),
      }),
      { ...options, onEvent: ({ type }) => void (type === 'epoch' && run.stop()) },
    );
    expect((await run).stopReason).toBe('stopped');
    expect(hasReturned).toBe(true);
  });
});

describe('a stream whose first rows do not come', () => {
  it.each([rowsInAll, undefined])(
    'is let go of when the run is stopped (%s rows)',
    async (rowsPerEpoch) => {
      let hasReturned = false;
      const rows = (): AsyncIterable<never> => ({
        [Symbol.asyncIterator]: () => ({
          next: (): Promise<IteratorResult<never>> => {
            setImmediate(() => run.stop());
            return new Promise(() => {});
          },
          return: async () => {
            hasReturned = true;
            return { done: true, value: undefined };
          },
        }),
      });
      const run = model().fit(stream('rows', { rows, rowsPerEpoch }), options);
      expect((await run).stopReason).toBe('stopped');
      expect(hasReturned).toBe(true);
    },
  );
});

describe('a stream that never lets go', () => {
  /** Whose `next` and `return` settle only as is said. */
  const stuck = (next: () => Promise<IteratorResult<never>>) => (): AsyncIterable<never> => ({
    [Symbol.asyncIterator]: () => ({ next, return: () => new Promise(() => {}) }),
  });
  const never = (): Promise<IteratorResult<never>> => new Promise(() => {});

  it('does not hold a run that fails', async () => {
    const wrong = async () => ({ done: false, value: 'no rows' as never });
    const error = await failure(stream('rows', { rows: stuck(wrong) }));
    expect(error).toMatchObject({ path: 'data.rows({ epoch: 1, row: 0 })' });
  });

  it.each([rowsInAll, undefined])(
    'does not hold a run beyond its limit of time, though no row ever comes (%s rows)',
    async (rowsPerEpoch) => {
      const data = stream('rows', { rows: stuck(never), rowsPerEpoch });
      const { stopReason, epochs } = await model().fit(data, { ...options, timeLimit: 0.01 });
      expect([stopReason, epochs]).toEqual(['timeLimit', []]);
    },
  );
});

describe('a stream that is not as it should be', () => {
  it('hands on its own errors as they are, and is told to return at others', async () => {
    const own = new TypeError('the connection is gone');
    async function* broken() {
      yield* chunksFrom(0, 'rows', 28);
      throw own;
    }
    expect(await failure(stream('rows', { rows: broken }))).toBe(own);

    let hasReturned = false;
    async function* wrong() {
      try {
        yield* chunksFrom(0, 'rows', 28);
        yield {
          inputs: [
            [1, 2],
            [3, Number.NaN],
          ],
          targets: [0, 0],
        };
      } finally {
        hasReturned = true;
      }
    }
    const error = await failure(stream('rows', { rows: wrong }));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toHaveProperty('path', 'data.rows({ epoch: 1, row: 28 }).inputs[1][1]');
    expect(hasReturned).toBe(true);
  });

  it('is told what is wrong with its first rows, though it fails to return then', async () => {
    async function* wrong() {
      try {
        yield { inputs: [[1, Number.NaN]], targets: [0] };
      } finally {
        await Promise.reject(new Error('the connection is gone'));
      }
    }
    const error = await failure(stream('rows', { rows: wrong }));
    expect(error).toHaveProperty('path', 'data.rows({ epoch: 1, row: 0 }).inputs[0][1]');
  });

  it.each([
    ['ends early', 60, '60'],
    ['ends at the end of a buffer', 20, '20'],
  ])('that %s is told', async (_, end, received) => {
    const error = await failure(stream('rows', { rows: () => chunksFrom(0, 'rows', end) }));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ expected: '103 rows in epoch 1', received });
  });

  it('that goes on is told', async () => {
    const error = await failure(stream('rows', { rowsPerEpoch: 98 }));
    expect(error).toMatchObject({ expected: '98 rows in epoch 1', received: 'more' });
    const inChunk = await failure(stream('rows', { rowsPerEpoch: 100 }));
    expect(inChunk).toMatchObject({ expected: '100 rows in epoch 1', received: 'more' });
  });

  it('may not change the kinds of its rows', async () => {
    async function* changing() {
      yield* chunksFrom(0, 'rows', 28);
      yield { input: [1, 2], target: 1, weight: 2 };
    }
    expect(await failure(stream('rows', { rows: changing }))).toBeInstanceOf(ShapeError);
  });

  it.each<[string, Partial<SupervisedStream>, FitOptions]>([
    ['validation.split', {}, { validation: 0.2 }],
    ['optimizer', {}, { optimizer: 'lbfgs' }],
    ['data.rowsPerEpoch', { rows: chunksFrom(0, 'rows'), rowsPerEpoch: undefined }, {}],
    ['data.rowsPerEpoch', { rowsPerEpoch: 0 }, {}],
    ['data.shuffleBuffer', { shuffleBuffer: 0 }, {}],
    ['data.rows', { rows: {} as never }, {}],
    ['data.rows()', { rows: (() => []) as never }, {}],
    ['classWeights', {}, { classWeights: 'balanced' }],
    ['statistics', {}, { statistics: true }],
    ['data.classes', { classes: 'ab' as never }, {}],
    ['onNonFinite', { rows: chunksFrom(0, 'rows') }, { onNonFinite: 'rollback' }],
    ['resume', { rows: chunksFrom(0, 'rows') }, { resume: 'x.safetensors' }],
  ])('is refused: %s', async (path, data, more) => {
    const error = await failure(stream('rows', data), more);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toHaveProperty('path', path);
  });
});

it('rows that are measured by do not come as a stream', async () => {
  const model = sequential([dense(1)], { inputSize: 2, seed: 1 });
  const rows = chunksFrom(0, 'rows') as never;
  const data = { inputs: [[1, 2]], targets: [1] };
  const remedy = expect.stringContaining('Only fit takes a stream');
  const refusal = { name: 'ArgumentError', received: 'a stream', remedy };
  await expect(model.evaluate({ rows } as never)).rejects.toMatchObject({
    ...refusal,
    path: 'data',
  });
  const validation = { data: { rows } as never };
  await expect(model.fit(data, { validation })).rejects.toMatchObject({
    ...refusal,
    path: 'validation.data',
  });
});

describe('a training on a stream that goes on', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-streams-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [1, 25],
    [2, 30],
    [2, 102],
    [3, 60],
  ])(
    'ends with the same bits as one that was not stopped in epoch %i at row %i',
    async (epoch, row) => {
      const expected = await trained(stream());
      const checkpoint = { directory: join(folder, `${epoch}-${row}`) };
      let stop = (): void => {};
      async function* stopping(from: StreamPosition) {
        for (let at = from.row; at < rowsInAll; at++) {
          if (from.epoch === epoch && at === row) stop();
          yield { input: inputs[at] as number[], target: targets[at] as number };
        }
      }
      const run = model().fit(stream('row', { rows: stopping }), { ...options, checkpoint });
      stop = () => run.stop();
      expect((await run).stopReason).toBe('stopped');

      const begun: StreamPosition[] = [];
      const rows = (position: StreamPosition) => {
        begun.push(position);
        return chunksFrom(position.row, 'rows');
      };
      const second = model();
      await second.fit(stream('rows', { rows }), { ...options, checkpoint, resume: 'auto' });
      expect(weightsOf(second)).toEqual(expected);
      // The first rows are looked at, and what was trained on is not asked for again.
      expect(begun.filter((position) => position.epoch < epoch - 1)).toEqual(
        epoch > 2 ? [{ epoch: 1, row: 0 }] : [],
      );
    },
  );
});
