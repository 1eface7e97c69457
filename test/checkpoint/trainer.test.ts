import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeCheckpoint } from '../../lib/checkpoint/checkpointFile.js';
import {
  adam,
  batchNorm,
  dense,
  dropout,
  FileFormatError,
  load,
  matrix,
  StateError,
  sequential,
  type Trainer,
  type TrainerOptions,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';
import { checkpointsIn, weightsOf } from './runs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const build = (units = 6) =>
  sequential(
    [dense(units, { activation: 'relu' }), batchNorm(), dropout({ rate: 0.3 }), dense(2)],
    { inputSize: 3, seed: 4 },
  );
const options: TrainerOptions = {
  optimizer: adam({ learningRate: 0.02, weightDecay: 0.01 }),
  batchSize: 8,
  gradientClipping: { norm: 1 },
};

const random = randomNumbers(1);
const batches = Array.from({ length: 12 }, () => Float32Array.from({ length: 24 }, random));

/** Learns from the batches of some numbers: two of them make a step. */
function learn(trainer: Trainer, from: number, to: number): void {
  for (let number = from; number < to; number++) {
    const outputs = trainer.forward(batches[number] as Float32Array);
    trainer.backward(outputs.map((y, i) => (y - Math.sin(i + number)) / 8));
    trainer.learningRate = 0.02 / (1 + number);
    if (number % 2 === 1) trainer.step();
  }
}

describe('the state of a trainer', () => {
  test.each([4, 7])('lets another one go on behind batch %i', async (cut) => {
    const whole = build();
    const wholeTrainer = whole.trainer(options);
    learn(wholeTrainer, 0, 12);
    const first = build().trainer(options);
    learn(first, 0, cut);
    const saving = first.saveState(at('state'));
    // It is that of the call.
    learn(first, cut, 9);
    await saving;
    const again = build();
    const trainer = again.trainer({ ...options, threads: 2, inputGradient: true });
    await trainer.loadState(at('state'));
    expect(trainer.steps).toBe(Math.floor(cut / 2));
    expect(trainer.learningRate).toBe(0.02 / cut);
    learn(trainer, cut, 12);
    expect(trainer.steps).toBe(6);
    expect(weightsOf(again)).toEqual(weightsOf(whole));
  });

  test('is a model, too, and is known to that of the trainer', async () => {
    const model = build();
    const trainer = model.trainer(options);
    learn(trainer, 0, 4);
    await trainer.saveState(at('state'));
    const saved = await load(at('state'), 'sequential');
    expect(weightsOf(saved)).toEqual(weightsOf(model));
    const other = build();
    await other.trainer(options).loadState(at('state'));
    expect(weightsOf(other)).toEqual(weightsOf(model));
  });

  test.each<[given: TrainerOptions, units: number, message: RegExp]>([
    [{ ...options, batchSize: 9 }, 6, /batchSize: expected 8, as in the checkpoint .*received 9/],
    [{ ...options, optimizer: adam() }, 6, /optimizer\.learningRate: expected 0\.02/],
    [options, 7, /layers\[0\]\.units: expected 6/],
  ])('is refused by another one: %#', async (given, units, message) => {
    await build().trainer(options).saveState(at('state'));
    const model = build(units);
    const before = weightsOf(model);
    const loading = model.trainer(given).loadState(at('state'));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toBeInstanceOf(StateError);
    expect(weightsOf(model)).toEqual(before);
  });

  test('is refused when it is damaged, or something else', async () => {
    const model = build();
    const trainer = model.trainer(options);
    await trainer.saveState(at('state'));
    const bytes = await readFile(at('state'));
    await writeFile(at('cut'), bytes.subarray(0, bytes.byteLength - 1));
    await expect(trainer.loadState(at('cut'))).rejects.toBeInstanceOf(FileFormatError);
    await expect(trainer.loadState(at('nothing'))).rejects.toMatchObject({
      name: 'ArgumentError',
      cause: { code: 'ENOENT' },
    });
    await model.save(at('model'));
    await expect(trainer.loadState(at('model'))).rejects.toThrow(/a checkpoint of a training/);
    const rows = {
      inputs: batches[0] as Float32Array,
      targets: matrix(new Float32Array(16), 8, 2),
    };
    await model.fit(rows, { epochs: 1, checkpoint: { directory: at('fit'), everyEpochs: 1 } });
    const [name] = await checkpointsIn(at('fit'));
    await expect(trainer.loadState(join(at('fit'), name ?? ''))).rejects.toThrow(
      /the state of a trainer, received a checkpoint of fit/,
    );
  });

  test.each([{}, { identity: null }, { identity: { spec: 3, options: {} } }])(
    'is refused when it does not say what it is of: %j',
    async (said) => {
      const record = JSON.stringify({ kind: 'trainer', version: 1, learningRate: 0.1, ...said });
      const empty = { metadata: {}, model: new Map(), state: new Map(), record };
      await writeFile(at('forged'), Buffer.concat([...encodeCheckpoint(empty)]));
      const loading = build().trainer(options).loadState(at('forged'));
      await expect(loading).rejects.toBeInstanceOf(FileFormatError);
    },
  );

  test('is not loaded while a run trains the model', async () => {
    const model = build();
    const trainer = model.trainer(options);
    await trainer.saveState(at('state'));
    const rows = {
      inputs: batches[0] as Float32Array,
      targets: matrix(new Float32Array(16), 8, 2),
    };
    const run = model.fit(rows, { epochs: 1_000_000 });
    await expect(trainer.loadState(at('state'))).rejects.toBeInstanceOf(StateError);
    run.stop();
    await run;
  });
});
