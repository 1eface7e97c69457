import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dense, fileRows, matrix, sequential } from '../../lib/index.js';
import { npyOf, temporaryFolder } from '../data/numberFiles.js';
import { checkpointsIn, cutBehind, timeless, weightsOf } from './runs.js';

const { folder, write } = await temporaryFolder();
const [rows, columns] = [300, 4];
const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i));
const classes = Int32Array.from({ length: rows }, (_, row) => row % 3);
const model = () => sequential([dense(3, { activation: 'softmax' })], { inputSize: columns });
const options = { epochs: 4, batchSize: 16, validation: { split: 0.1 } } as const;

test('rows in files go on from a checkpoint in the middle of an epoch, as those in memory', async () => {
  const whole = model();
  const data = { inputs: matrix(values, rows, columns), targets: classes };
  const history = timeless(await whole.fit(data, options));
  const directory = join(folder, 'run');
  const inputs = await fileRows(await write('rows.npy', npyOf(values, [rows, columns])), {
    memory: 2 ** 16,
  });
  const targets = await fileRows(await write('targets.npy', npyOf(classes, [rows])));
  const checkpoint = { directory, everyUpdates: 5, keep: 100 };
  await model().fit({ inputs, targets }, { ...options, checkpoint });
  const names = await checkpointsIn(directory);
  await cutBehind(directory, names[4] as string);
  const resumed = model();
  const again = await resumed.fit({ inputs, targets }, { ...options, checkpoint, resume: 'auto' });
  expect(timeless(again)).toEqual(history);
  expect(weightsOf(resumed)).toEqual(weightsOf(whole));
});

test('rows of another file are other data, and those of a copy the same', async () => {
  const directory = join(folder, 'other');
  const checkpoint = { directory, everyEpochs: 1 };
  const train = async (name: string, numbers: Float32Array) => {
    const inputs = await fileRows(await write(name, npyOf(numbers, [rows, columns])));
    const resume = 'auto' as const;
    await model().fit({ inputs, targets: classes }, { ...options, checkpoint, resume });
  };
  await train('first.npy', values);
  await train('copy.npy', values);
  const changed = values.slice();
  changed[1001] = 0.5;
  await expect(train('changed.npy', changed)).rejects.toThrow('data');
});
