import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryError } from '../../../lib/errors.js';
import { RunRecorder } from '../../../lib/model/checkpoints/recorder.js';
import type { NativeRunState } from '../../../lib/native.js';

/** Ends the write that runs, or has it fail. */
let endWrite: (error?: Error) => void;
let failures: unknown[];
let recorder: RunRecorder;

beforeEach(() => {
  failures = [];
  recorder = new RunRecorder({
    store: {
      ...{ directory: '', rule: undefined, restored: undefined, passedOver: [] },
      write: ({ state }) =>
        new Promise((resolve, reject) => {
          endWrite = (error) => (error ? reject(error) : resolve(`after ${state.updates}`));
        }),
      close: () => {},
    },
    identity: {
      spec: { inputSize: 1, seed: 0, layers: [] },
      ...{ options: {}, data: '', validation: null, instructionSet: '', version: '' },
    },
    watch: { statistics: [], epochNumbers: () => new Float64Array(0) },
    modelOf: () => ({ metadata: {}, model: new Map() }),
    onWritten: () => {},
    onFailed: (error) => failures.push(error),
  });
  recorder.follow({ snapshot: () => {}, snapshotWritten: () => {} });
});

const stateAfter = (updates: number): NativeRunState => ({
  ...{ epoch: 0, batch: updates, updates, complete: false, weights: 'weights' },
  tensors: { weights: new Float32Array(1) },
});

/** Promises that are settled have told so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('who asks for a checkpoint while the last one is written', () => {
  test('gets that one', async () => {
    const finished = recorder.finish({ state: stateAfter(3) });
    await settled();
    const asked = recorder.request();
    endWrite();
    await finished;
    expect(await asked).toBe('after 3');
    expect(await recorder.request()).toBe('after 3');
  });

  test('is told that there is none, where it cannot be written', async () => {
    const finished = recorder.finish({ state: stateAfter(3) });
    await settled();
    const asked = recorder.request();
    endWrite(new Error('full'));
    await finished;
    await expect(asked).rejects.toThrow(/a run that trains/);
    expect(failures).toEqual([new Error('full')]);
  });

  test('is told that there was no memory for it', async () => {
    const lost = { expected: '800 MB', received: '20 MB that are free' };
    const asked = recorder.request();
    recorder.lose(lost);
    await expect(asked).rejects.toThrow(MemoryError);
    await expect(asked).rejects.toThrow('a copy of the run, 800 MB, received 20 MB that are free');
    const late = recorder.request();
    await recorder.finish({ lostState: lost });
    await expect(late).rejects.toThrow(MemoryError);
    expect(failures).toHaveLength(2);
  });

  test('is told what the run fails with', async () => {
    recorder.take(stateAfter(3));
    await settled();
    const asked = recorder.request();
    const failed = recorder.fail(new Error('diverged'));
    endWrite();
    await failed;
    await expect(asked).rejects.toThrow('diverged');
    await expect(recorder.request()).rejects.toThrow('diverged');
  });
});
