import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  load,
  type PretrainingEvent,
  type PretrainingHistory,
  StateError,
  stackedAutoencoder,
} from '../../lib/index.js';
import { randomNumbers } from '../model/data.js';
import { checkpointsIn, cutBehind, timeless, weightsOf } from './runs.js';

let root: string;
let directory: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'layerwise-'));
  directory = join(root, 'checkpoints');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const random = randomNumbers(3);
const inputs = Float32Array.from({ length: 60 * 6 }, () => random());
const model = (units: readonly number[] = [5, 4, 3]) =>
  stackedAutoencoder({ inputSize: 6, layers: units, batchNorm: true, seed: 2 });
const options = { epochs: 3, batchSize: 20, validation: { data: inputs.subarray(0, 30 * 6) } };

const shown = ({ stages, stopReason }: PretrainingHistory) => ({
  stopReason,
  stages: stages.map(timeless),
});

describe('a pre-training that goes on', () => {
  test('ends as one that was never ended, wherever it was', async () => {
    const whole = model();
    const history = shown(await whole.pretrain(inputs, options));
    const checkpoint = { directory, everyUpdates: 2, keep: 1000 };
    const stages = new Set<number>();
    let last = '';
    for (;;) {
      const part = model();
      const events: PretrainingEvent[] = [];
      const onEvent = (event: PretrainingEvent) => void events.push(event);
      const run = { ...options, checkpoint, resume: 'auto', onEvent } as const;
      expect(shown(await part.pretrain(inputs, run))).toEqual(history);
      expect(weightsOf(part)).toEqual(weightsOf(whole));
      if (events[0] !== undefined) stages.add(events[0].stage);
      const names = await checkpointsIn(directory);
      const next = names[names.indexOf(last) + 1];
      if (next === undefined) break;
      // What was kept is the whole autoencoder.
      await load(join(directory, next), 'autoencoder');
      await cutBehind(directory, next);
      last = next;
    }
    expect([...stages]).toEqual([1, 2, 3]);
  });

  test('is stopped in the middle, and writes a checkpoint when it is asked for', async () => {
    const checkpoint = { directory, everySeconds: 1000 };
    const part = model();
    const run = part.pretrain(inputs, { ...options, epochs: 100_000, checkpoint });
    const path = await run.checkpoint();
    expect(path).toMatch(/checkpoint-\d+\.safetensors$/);
    run.stop();
    expect(await run).toMatchObject({ stopReason: 'stopped' });
    const saved = await load(await run.checkpoint(), 'autoencoder');
    expect(weightsOf(saved)).toEqual(weightsOf(part));
  });

  test('is refused by another model, other options, and by fit', async () => {
    const checkpoint = { directory };
    await model().pretrain(inputs, { ...options, checkpoint });
    const resumed = { ...options, checkpoint, resume: 'auto' } as const;
    const other = model([4, 4, 3]).pretrain(inputs, resumed);
    await expect(other).rejects.toThrow(
      /layers\[0\]\.units: expected 5, as in the checkpoint.*received 4/,
    );
    const seed = model().pretrain(inputs, { ...resumed, seed: 9 });
    await expect(seed).rejects.toThrow(/seed: expected 2, as in the checkpoint/);
    const fit = model().fit(inputs, resumed);
    await expect(fit).rejects.toThrow(
      /resume: expected a checkpoint of fit, received .* one of pretrain/,
    );
    await expect(fit).rejects.toBeInstanceOf(StateError);
  });

  test('that is refused leaves the model as it was', async () => {
    const checkpoint = { directory, everyUpdates: 2, keep: 1000 };
    await model().pretrain(inputs, { ...options, checkpoint });
    const others = Float32Array.from(inputs, (value) => -value);
    // Of each of the stages.
    for (const name of await checkpointsIn(directory)) {
      const [given, untouched] = [model(), model()];
      const resumed = { ...options, resume: join(directory, name) };
      await expect(given.pretrain(others, resumed)).rejects.toThrow(/data: expected the rows/);
      await expect(given.pretrain(inputs, { ...resumed, batchSize: 19 })).rejects.toThrow(
        /batchSize: expected 20/,
      );
      expect(weightsOf(given)).toEqual(weightsOf(untouched));
    }
  });

  test.each([
    [{ resume: 'auto' }, /resume: expected the option `checkpoint`/],
    [{ checkpoint: {} }, /checkpoint\.directory: expected the path/],
  ])('refuses %j', async (wrong, message) => {
    await expect(model().pretrain(inputs, { ...options, ...wrong } as object)).rejects.toThrow(
      message,
    );
  });
});
