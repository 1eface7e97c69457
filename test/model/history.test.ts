import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adam,
  dense,
  type EpochResult,
  type History,
  sequential,
  type TrainingEvent,
} from '../../lib/index.js';

const rows = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
    [0.5, 0.2],
    [0.1, 0.9],
  ],
  targets: [0, 1, 1, 0, 1, 0],
};

const newModel = () =>
  sequential([dense(4, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })], {
    inputSize: 2,
    seed: 7,
  });

const resultOf = ({ type: _, ...result }: EpochResult & { readonly type: string }): EpochResult =>
  result;

const epochsIn = (events: readonly TrainingEvent[]): EpochResult[] =>
  events.flatMap((event) => (event.type === 'epoch' ? [resultOf(event)] : []));

/** Everything but progress, of which each reader may see other events. */
const keptOf = (events: readonly TrainingEvent[]) =>
  events.filter(({ type }) => type !== 'progress');

describe('a history', () => {
  test('says what every listener and every iterator was told, in the same order', async () => {
    const options = fc.record({
      epochs: fc.integer({ min: 1, max: 800 }),
      batchSize: fc.integer({ min: 1, max: 4 }),
      learningRate: fc.constantFrom(0.01, 0.5, 5),
      metrics: fc.constantFrom<readonly ('accuracy' | 'f1')[]>([], ['accuracy', 'f1']),
      validation: fc.constantFrom(undefined, 0.2),
      statistics: fc.constantFrom(false, true, { everyUpdates: 7 }),
    });
    await fc.assert(
      fc.asyncProperty(options, async ({ learningRate, ...given }) => {
        const heard: TrainingEvent[] = [];
        const queued: TrainingEvent[] = [];
        const batches: EpochResult[] = [];
        const run = newModel().fit(rows, {
          ...given,
          optimizer: adam({ learningRate }),
          onEvent: (event) => heard.push(event),
          listeners: [
            (event) => queued.push(event),
            { onEpochs: (events) => void batches.push(...events.map(resultOf)) },
          ],
        });
        const early: TrainingEvent[] = [];
        for await (const event of run) early.push(event);
        const history = await run;
        const late: TrainingEvent[] = [];
        for await (const event of run) late.push(event);

        expect(history.epochs.map(({ epoch }) => epoch)).toEqual(
          Array.from({ length: given.epochs }, (_, index) => index + 1),
        );
        expect(keptOf(heard)).toStrictEqual(late);
        expect(keptOf(queued)).toStrictEqual(late);
        expect(keptOf(early)).toStrictEqual(late);
        expect(epochsIn(late)).toStrictEqual(history.epochs);
        expect(batches).toStrictEqual(history.epochs);
        const asides = <Type extends string>(type: Type) =>
          late.flatMap(({ type: own, ...rest }) => (own === type ? [rest] : []));
        expect(asides('statistics')).toEqual(history.statistics);
        expect(asides('warning')).toEqual(history.warnings);
      }),
      { numRuns: 8 },
    );
  });

  async function trained(): Promise<History> {
    return newModel().fit(rows, { epochs: 40, metrics: ['accuracy'], validation: 0.2 });
  }

  test('has an array of epochs like any other', async () => {
    const history = await trained();
    const { epochs } = history;
    expect(history.epochs).toBe(epochs);
    expect(Array.isArray(epochs)).toBe(true);
    expect([...epochs]).toEqual(epochs);
    expect(epochs.at(-1)).toBe(epochs[39]);
    expect(epochs.map(({ epoch }) => epoch).slice(0, 3)).toEqual([1, 2, 3]);
    expect(Object.keys(epochs[0] ?? {})).toEqual([
      ...['epoch', 'epochs', 'loss', 'metrics', 'validation'],
      ...['learningRate', 'seconds', 'rowsPerSecond'],
    ]);
  });

  test('can be copied, sent, compared and written before anybody has looked at its epochs', async () => {
    const whole = (history: History) => {
      expect(history.epochs).toHaveLength(40);
      return history;
    };
    expect(whole(structuredClone(await trained())).epochs[3]?.epoch).toBe(4);
    expect(whole(JSON.parse(JSON.stringify(await trained()))).epochs[3]?.epoch).toBe(4);
    expect(whole({ ...(await trained()) }).epochs[3]?.epoch).toBe(4);
    const history = await trained();
    expect(structuredClone(history)).toStrictEqual(structuredClone({ ...history }));
    expect(history).toEqual(structuredClone(history));
  });

  test('can be given other epochs, as a program does that keeps the last ones', async () => {
    const history: { epochs: readonly EpochResult[] } = await trained();
    history.epochs = history.epochs.slice(-1);
    expect(history.epochs).toHaveLength(1);
    expect(structuredClone(history).epochs).toEqual(history.epochs);
  });

  test('is shown with its epochs', async () => {
    const history = await trained();
    expect(inspect(history)).toBe(inspect({ ...history }));
    expect(inspect(history)).toContain('epochs: [');
    expect(inspect(history)).not.toContain('Getter');
  });

  test('of a run that was stopped has the epochs that ended', async () => {
    const heard: number[] = [];
    const run = newModel().fit(rows, {
      epochs: 1e9,
      onEvent(event) {
        if (event.type === 'epoch') heard.push(event.epoch);
        if (event.type === 'epoch' && event.epoch === 700) run.stop();
      },
    });
    const { epochs, stopReason } = await run;
    expect(stopReason).toBe('stopped');
    expect(epochs.length).toBeGreaterThanOrEqual(700);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(heard);
  });

  test('has every epoch in its order where thousands have waited for a busy thread', async () => {
    const options = { epochs: 20_000, optimizer: adam({ learningRate: 0.01 }) };
    const plain = await newModel().fit(rows, options);
    const other = newModel();
    const inputs = new Float32Array(2 * 4096);
    let told = 0;
    const { epochs } = await newModel().fit(rows, {
      ...options,
      onEvent(event) {
        if (event.type !== 'epoch') return;
        // Work that leaves the event loop no turn.
        if (told === 0) for (let i = 0; i < 100; i++) other.predictSync(inputs);
        expect(event.epoch).toBe(++told);
      },
    });
    const numbers = ({ epoch, loss }: EpochResult) => [epoch, loss];
    expect(epochs.map(numbers)).toEqual(plain.epochs.map(numbers));
    expect(told).toBe(options.epochs);
  });

  test('is not there after the signal, which ends a fast run between two reports', async () => {
    const controller = new AbortController();
    let told = 0;
    const run = newModel().fit(rows, {
      epochs: 1e9,
      signal: controller.signal,
      listeners: [
        {
          onEpochs(events) {
            told += events.length;
            if (told > 300) controller.abort(new Error('enough'));
          },
        },
      ],
    });
    await expect(run).rejects.toThrow('enough');
    expect(told).toBeGreaterThan(300);
  });
});
