import { describe, expect, test } from 'vitest';
import type { TrainingEvent } from '../../lib/index.js';
import type { RunListenerOption } from '../../lib/model/listeners.js';
import { type RunControl, TrainingRun } from '../../lib/model/trainingRun.js';
import { startOf } from './starts.js';

const progress = (epoch: number, batch: number): TrainingEvent => ({
  type: 'progress',
  epoch,
  batch,
  batches: 9,
  loss: 1,
  metrics: {},
  rowsPerSecond: 1,
});
const epoch = (number: number): TrainingEvent => ({
  type: 'epoch',
  epoch: number,
  epochs: 3,
  loss: 1,
  metrics: {},
  validation: null,
  learningRate: 0.001,
  seconds: 1,
  rowsPerSecond: 1,
});
const history = (stopReason: 'completed' | 'stopped' = 'completed') => ({
  epochs: [],
  warnings: [],
  statistics: [],
  stopReason,
  bestEpoch: null,
  seconds: 0,
  rowsPerSecond: 0,
  threads: 1,
  nonFinite: [],
  arenaBytes: 0,
});

/** A run whose training is this test: it emits and ends when it is told to. */
function startRun(
  options: {
    signal?: AbortSignal;
    onEvent?: (event: TrainingEvent) => unknown;
    listeners?: RunListenerOption<TrainingEvent>[];
  } = {},
) {
  let control: RunControl<TrainingEvent> | undefined;
  const log: TrainingEvent[] = [];
  const { promise, resolve, reject } = withResolvers<ReturnType<typeof history>>();
  const run = new TrainingRun<string>(() => ({
    signal: options.signal,
    onEvent: options.onEvent,
    listeners: options.listeners,
    log,
    train(given) {
      control = given;
      given.onStop(() => resolve(history('stopped')));
      return promise;
    },
  }));
  /** Events that are not progress are told together with those behind them, as those of fast runs are. */
  const emit = (...events: TrainingEvent[]) => {
    for (const event of events) {
      if (event.type === 'progress') control?.emit(event);
      else log.push(event);
    }
    if (events.at(-1)?.type !== 'progress') control?.emit();
  };
  const start = (epochs: number) => control?.start(startOf({ epochs, rows: 9 }));
  return { run, emit, start, end: () => resolve(history()), fail: reject };
}

function withResolvers<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

async function collect(run: AsyncIterable<TrainingEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of run) {
    const batch = event.type === 'progress' ? `.${event.batch}` : '';
    seen.push(`${event.type[0]}${event.epoch}${batch}`);
  }
  return seen;
}

/** Lets everything that waits for a promise run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a run', () => {
  test('gives its history to whoever awaits it, again and again', async () => {
    const { run, end } = startRun();
    end();
    expect(await run).toEqual(history());
    expect(await run).toEqual(history());
    let isDone = false;
    await run.finally(() => {
      isDone = true;
    });
    expect(isDone).toBe(true);
  });

  test('gives every epoch to every iterator, also to a late one', async () => {
    const { run, emit, end } = startRun();
    const early = collect(run);
    emit(epoch(1));
    await settle();
    const late = collect(run);
    emit(epoch(2), epoch(3));
    end();
    expect(await early).toEqual(['e1', 'e2', 'e3']);
    expect(await late).toEqual(['e1', 'e2', 'e3']);
    await run;
    expect(await collect(run)).toEqual(['e1', 'e2', 'e3']);
  });

  test('gives the newest progress to a slow reader', async () => {
    const { run, emit, end } = startRun();
    const reader = run[Symbol.asyncIterator]();
    const first = reader.next();
    emit(progress(1, 1));
    expect((await first).value).toMatchObject({ batch: 1 });
    emit(progress(1, 2), progress(1, 3));
    emit(progress(1, 4));
    expect((await reader.next()).value).toMatchObject({ batch: 4 });
    emit(progress(1, 5), epoch(1));
    emit(progress(2, 1));
    expect((await reader.next()).value).toMatchObject({ type: 'epoch', epoch: 1 });
    expect((await reader.next()).value).toMatchObject({ epoch: 2, batch: 1 });
    end();
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test('goes on when a reader leaves', async () => {
    const { run, emit, end } = startRun();
    const all = collect(run);
    const leaving = (async () => {
      for await (const _ of run) break;
    })();
    emit(epoch(1));
    await leaving;
    emit(epoch(2));
    end();
    expect(await all).toEqual(['e1', 'e2']);
    expect((await run).stopReason).toBe('completed');
  });

  test('stops once when it is asked twice', async () => {
    const { run } = startRun();
    run.stop();
    run.stop();
    expect((await run).stopReason).toBe('stopped');
    run.stop();
  });

  test('can be stopped before it began', async () => {
    let isStopped = false;
    const run = new TrainingRun(() => ({
      signal: undefined,
      onEvent: undefined,
      log: [],
      async train(control) {
        await settle();
        isStopped = control.isStopped;
        return history('stopped');
      },
    }));
    run.stop();
    await run;
    expect(isStopped).toBe(true);
  });

  test('calls the listener with every event, and before the iterators', async () => {
    const heard: string[] = [];
    const { emit, end, run } = startRun({ onEvent: (event) => heard.push(event.type) });
    emit(progress(1, 1), progress(1, 2), epoch(1));
    expect(heard).toEqual(['progress', 'progress', 'epoch']);
    end();
    await run;
  });
});

test('a run has no methods but those of its users', () => {
  const methods = ['stop', 'checkpoint', 'then', 'catch', 'finally'];
  expect(Object.getOwnPropertyNames(TrainingRun.prototype)).toEqual(['constructor', ...methods]);
});

describe('errors of a run', () => {
  test('reach whoever awaits and whoever iterates', async () => {
    const { run, emit, fail } = startRun();
    const error = new Error('diverged');
    const awaited = run.then(
      () => 'no error',
      (reason) => reason,
    );
    const caught = run.catch((reason) => reason);
    const iterated = collect(run).catch((reason) => reason);
    emit(epoch(1));
    fail(error);
    expect(await awaited).toBe(error);
    expect(await caught).toBe(error);
    expect(await iterated).toBe(error);
    await expect(collect(run)).rejects.toBe(error);
  });

  test('come after the events', async () => {
    const { run, emit, fail } = startRun();
    const reader = run[Symbol.asyncIterator]();
    emit(epoch(1), epoch(2));
    fail(new Error('diverged'));
    expect((await reader.next()).value).toMatchObject({ epoch: 1 });
    expect((await reader.next()).value).toMatchObject({ epoch: 2 });
    await expect(reader.next()).rejects.toThrow('diverged');
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  test('are not reported as unhandled when the run is iterated only', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      const { run, fail } = startRun();
      const iterated = collect(run);
      fail(new Error('diverged'));
      await expect(iterated).rejects.toThrow('diverged');
      await settle();
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  test('of the preparation reject the run', async () => {
    const error = new Error('bad options');
    const run = new TrainingRun(() => {
      throw error;
    });
    await expect(run).rejects.toBe(error);
    await expect(collect(run)).rejects.toBe(error);
  });

  test('of the listener stop the run and reject it', async () => {
    let calls = 0;
    const error = new Error('listener');
    const { run, emit } = startRun({
      onEvent() {
        calls++;
        throw error;
      },
    });
    emit(epoch(1), epoch(2));
    await expect(run).rejects.toBe(error);
    expect(calls).toBe(1);
  });
});

describe('an asynchronous listener', () => {
  /** What nobody heard of while the action ran. */
  async function unhandledDuring(action: () => Promise<void>): Promise<unknown[]> {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      await action();
      await settle();
    } finally {
      process.off('unhandledRejection', listener);
    }
    return unhandled;
  }

  test('that rejects stops the run and rejects it, once', async () => {
    let calls = 0;
    const unhandled = await unhandledDuring(async () => {
      const { run, emit } = startRun({
        async onEvent() {
          calls++;
          throw new Error(`call ${calls}`);
        },
      });
      emit(epoch(1), epoch(2));
      await expect(run).rejects.toThrow('call 1');
      emit(epoch(3));
    });
    expect({ unhandled, calls }).toEqual({ unhandled: [], calls: 2 });
  });

  test('that rejects after the training has ended rejects the run all the same', async () => {
    const { promise, reject } = withResolvers<void>();
    const { run, emit, end } = startRun({ onEvent: () => promise });
    emit(epoch(1));
    end();
    await settle();
    reject(new Error('late'));
    await expect(run).rejects.toThrow('late');
  });

  test('is waited for, event by event', async () => {
    const done: string[] = [];
    const { run, emit, end } = startRun({
      async onEvent({ epoch: number }) {
        for (let turn = 0; turn < 4 - number; turn++) await settle();
        done.push(`e${number}`);
      },
    });
    emit(epoch(1), epoch(2), epoch(3));
    end();
    await run;
    expect(done).toEqual(['e3', 'e2', 'e1']);
  });

  test('may stop the run and await it', async () => {
    const { promise, resolve } = withResolvers<string>();
    const { run, emit } = startRun({
      async onEvent() {
        run.stop();
        resolve((await run).stopReason);
      },
    });
    emit(epoch(1));
    expect(await promise).toBe('stopped');
  });

  test('is not waited for once the run is stopped', async () => {
    const { run, emit, end } = startRun({ onEvent: () => new Promise(() => {}) });
    emit(epoch(1));
    end();
    await settle();
    run.stop();
    expect((await run).stopReason).toBe('completed');
  });

  test('leaves the error of the training what it is', async () => {
    const { promise, reject } = withResolvers<void>();
    const unhandled = await unhandledDuring(async () => {
      const { run, emit, fail } = startRun({ onEvent: () => promise });
      emit(epoch(1));
      fail(new Error('diverged'));
      await expect(run).rejects.toThrow('diverged');
      reject(new Error('late'));
    });
    expect(unhandled).toEqual([]);
  });
});

describe('the signal', () => {
  test('rejects with its reason', async () => {
    const controller = new AbortController();
    const { run } = startRun({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    await expect(collect(run)).rejects.toBe(reason);
  });

  test('rejects before anything starts when it is aborted already', async () => {
    let isStarted = false;
    const run = new TrainingRun(() => ({
      signal: AbortSignal.abort(),
      onEvent: undefined,
      log: [],
      async train() {
        isStarted = true;
        return history();
      },
    }));
    await expect(run).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    expect(isStarted).toBe(false);
  });

  test('does nothing after the end', async () => {
    const controller = new AbortController();
    const { run, end } = startRun({ signal: controller.signal });
    end();
    await run;
    controller.abort();
    expect((await run).stopReason).toBe('completed');
  });
});
