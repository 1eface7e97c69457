import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  DivergenceError,
  dense,
  progressBar,
  type RunListenerOption,
  sequential,
  sgd,
  type TrainingEnd,
  type TrainingEvent,
} from '../../lib/index.js';
import { ListenerQueue } from '../../lib/model/listenerQueue.js';
import { readListeners } from '../../lib/model/listeners.js';

const rows = { inputs: [[0], [1], [2], [3]], targets: [0, 1, 2, 3] };
const newModel = () => sequential([dense(1)], { inputSize: 1, seed: 3 });
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A listener that notes what it is told, and may take its time. */
function noting(work: () => unknown = () => {}) {
  const told: string[] = [];
  const note = (text: string) => {
    told.push(text);
    return work();
  };
  const listener: RunListenerOption<TrainingEvent> = {
    onStart: ({ epochs, rows: count }) => note(`start ${epochs} ${count}`),
    onEpoch: ({ epoch }) => note(`epoch ${epoch}`),
    onStatistics: ({ epoch }) => note(`statistics ${epoch}`),
    onWarning: ({ code }) => note(code),
    onEnd: ({ stopReason }) => note(`end ${stopReason}`),
  };
  return { told, listener };
}

const course = [
  ...['start 3 4', 'constantTargets', 'statistics 1', 'epoch 1', 'statistics 2', 'epoch 2'],
  ...['statistics 3', 'epoch 3', 'end completed'],
];
const constant = { inputs: rows.inputs, targets: [1, 1, 1, 1] };

describe('listeners', () => {
  test('are told of everything by the methods that they have, at once or in their own time', async () => {
    const [quick, slow] = [noting(), noting(async () => turn())];
    const some: string[] = [];
    await newModel().fit(constant, {
      epochs: 3,
      statistics: true,
      listeners: [
        quick.listener,
        slow.listener,
        (event) => some.push(`${event.type} ${event.epoch}`),
        { onEpoch: ({ epoch }) => some.push(`only ${epoch}`) },
      ],
    });
    expect(quick.told).toEqual(course);
    expect(slow.told).toEqual(course);
    expect(some.filter((text) => text.startsWith('only'))).toEqual(['only 1', 'only 2', 'only 3']);
    expect(some.filter((text) => text.startsWith('warning'))).toEqual(['warning 0']);
  });

  test('keep the object that they are methods of', async () => {
    class Counter {
      epochs = 0;
      onEpoch(): void {
        this.epochs++;
      }
    }
    const counter = new Counter();
    await newModel().fit(rows, { epochs: 5, listeners: [counter] });
    expect(counter.epochs).toBe(5);
  });

  test('that are slow do not keep the training, and miss nothing', async () => {
    const heard: number[] = [];
    let [calls, running, most] = [0, 0, 0];
    let trainingEnds: (value?: unknown) => void = () => {};
    const trained = new Promise((resolve) => {
      trainingEnds = resolve;
    });
    const { epochs } = await newModel().fit(rows, {
      epochs: 20_000,
      listeners: [
        {
          async onEpochs(events) {
            calls++;
            most = Math.max(most, ++running);
            await trained;
            running--;
            heard.push(...events.map(({ epoch }) => epoch));
          },
        },
        {
          onEpochs(events) {
            if (events.at(-1)?.epoch === 20_000) trainingEnds();
          },
        },
      ],
    });
    expect(heard).toEqual(epochs.map(({ epoch }) => epoch));
    expect(most).toBe(1);
    // Those that came meanwhile are told together, 1024 at a time.
    expect(calls).toBeLessThanOrEqual(1 + Math.ceil(20_000 / 1024));
  });

  test('that throw or reject end the run with their error; the others hear of the end', async () => {
    const error = new Error('listener');
    for (const broken of [
      {
        onEpoch: () => {
          throw error;
        },
      },
      {
        onEpoch: async () => {
          throw error;
        },
      },
      {
        onStart: () => {
          throw error;
        },
      },
      () => Promise.reject(error),
    ]) {
      const { told, listener } = noting();
      const run = newModel().fit(rows, { epochs: 1e9, listeners: [broken, listener] });
      await expect(run).rejects.toBe(error);
      await expect(async () => {
        for await (const _ of run);
      }).rejects.toBe(error);
      expect(told.at(-1)).toBe('end stopped');
    }
  });

  test('that fail at the end let the run fail', async () => {
    const error = new Error('listener');
    for (const onEnd of [
      () => {
        throw error;
      },
      async () => {
        throw error;
      },
    ]) {
      await expect(newModel().fit(rows, { epochs: 2, listeners: [{ onEnd }] })).rejects.toBe(error);
    }
  });

  test('hear what the training failed with', async () => {
    const ends: TrainingEnd[] = [];
    const run = newModel().fit(rows, {
      epochs: 50,
      optimizer: { type: 'sgd', learningRate: 1e30 },
      listeners: [{ onEnd: (end) => ends.push(end) }],
    });
    const error = await run.catch((reason) => reason);
    expect(ends).toEqual([{ stopReason: null, error }]);
    expect(error).toMatchObject({ name: 'DivergenceError' });
  });

  test('are done with a training that failed before the run rejects', async () => {
    const done: unknown[] = [];
    const run = newModel().fit(rows, {
      optimizer: sgd({ learningRate: 1e38 }),
      epochs: 50,
      listeners: [
        {
          onStart: turn,
          async onEnd({ error }) {
            await turn();
            done.push(error);
          },
        },
      ],
    });
    const reason = await run.then(
      () => null,
      (error: unknown) => error,
    );
    expect(reason).toBeInstanceOf(DivergenceError);
    expect(done).toEqual([reason]);
  });

  test('may stop the run and await it', async () => {
    let stopReason: string | undefined;
    const run = newModel().fit(rows, {
      epochs: 1e9,
      listeners: [
        {
          async onEpoch() {
            run.stop();
            stopReason = (await run).stopReason;
          },
        },
      ],
    });
    await run;
    await turn();
    expect(stopReason).toBe('stopped');
  });

  test('of a pre-training hear of each stage', async () => {
    const model = autoencoder({ inputSize: 6, hidden: [4], code: 2, seed: 1 });
    const inputs = Array.from({ length: 8 }, (_, row) =>
      Array.from({ length: 6 }, (_, i) => (row * i) % 5),
    );
    const told: string[] = [];
    await model.pretrain(inputs, {
      epochs: 2,
      listeners: [
        {
          onStart: ({ rows: count }) => told.push(`start ${count}`),
          onEpoch: ({ stage, units, epoch }) => told.push(`${stage} ${units} ${epoch}`),
          onEnd: () => told.push('end'),
        },
      ],
    });
    expect(told).toEqual(['start 8', '1 4 1', '1 4 2', 'start 8', '2 2 1', '2 2 2', 'end']);
  });
});

describe('a queue', () => {
  const epoch = (number: number): TrainingEvent => ({
    ...{ type: 'epoch', epoch: number, epochs: 9, loss: 1, metrics: {}, validation: null },
    ...{ learningRate: 1, seconds: 1, rowsPerSecond: 1 },
  });
  const progress = (batch: number): TrainingEvent => ({
    ...{ type: 'progress', epoch: 1, batch, batches: 9, loss: 1, metrics: {}, rowsPerSecond: 1 },
  });

  test('tells a busy listener the newest progress alone', async () => {
    const log: TrainingEvent[] = [];
    const heard: unknown[] = [];
    const queue = new ListenerQueue<TrainingEvent>(
      async (event: TrainingEvent) => {
        heard.push(event);
        await turn();
      },
      log,
      () => {},
    );
    queue.tell(progress(1));
    queue.tell(progress(2));
    queue.tell(progress(3));
    log.push(epoch(1));
    queue.tell(undefined);
    queue.tell(progress(4));
    queue.end({ stopReason: 'completed', error: undefined });
    await queue.settled();
    expect(heard).toEqual([progress(1), epoch(1)]);
  });

  test('gives every listener all that is in the log, in its order, whenever it grows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (sizes, waits, takesSeveral) => {
          const log: TrainingEvent[] = [];
          const heard: number[] = [];
          let calls = 0;
          const hear = (events: readonly { readonly epoch: number }[]) => {
            for (const event of events) heard.push(event.epoch);
            expect(events.length).toBeLessThanOrEqual(1024);
            return waits[calls++ % waits.length] ? turn() : undefined;
          };
          const queue = new ListenerQueue<TrainingEvent>(
            takesSeveral ? { onEpochs: hear } : { onEpoch: (event) => hear([event as never]) },
            log,
            (error) => expect.unreachable(String(error)),
          );
          for (const size of sizes) {
            for (let i = 0; i < (takesSeveral ? size : size % 9); i++) log.push(epoch(log.length));
            queue.tell(undefined);
            await turn();
          }
          queue.end({ stopReason: 'completed', error: undefined });
          await queue.settled();
          expect(heard).toEqual(log.map((_, index) => index));
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('the option listeners', () => {
  test.each([
    [[null], 'listeners[0]'],
    [[{}], 'listeners[0]'],
    [[{ epoch() {} }], 'listeners[0]'],
    [[() => {}, 'onEpoch'], 'listeners[1]'],
    [[{ onEpoch: true }], 'listeners[0].onEpoch'],
    [() => {}, 'listeners'],
    [{ onEpoch() {} }, 'listeners'],
    [new Array(2), 'listeners[0]'],
    [Object.assign([() => {}], { length: 2 }), 'listeners[1]'],
  ])('refuses %j', async (listeners, path) => {
    const run = newModel().fit(rows, { listeners: listeners as never });
    const error = await run.catch((reason) => reason);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ path });
  });

  test('refuses a function that makes a listener in the place of what it makes', async () => {
    const run = newModel().fit(rows, { listeners: [progressBar] });
    await expect(run).rejects.toThrow('Call it: listeners: [progressBar()].');
  });

  test('takes none', () => {
    expect(readListeners([], 'listeners')).toEqual([]);
  });
});
