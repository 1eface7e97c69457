// A training that another process may kill at any moment: node train.mjs <folder> <threads>. Started again, it goes on;
// at its end, the folder has the model and the history. For each checkpoint it writes a line.

import { writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { batchNorm, dense, dropout, sequential } from '../../../dist/index.js';

const [folder = '', threads = '', epochs = ''] = process.argv.slice(2);

const rows = 640;
const inputs = Float32Array.from({ length: 16 * rows }, (_, i) => Math.sin(i * i + 1));
const targets = Int32Array.from({ length: rows }, (_, row) => Number(inputs[16 * row] > 0));
const layers = [
  dense(256, { activation: 'relu' }),
  batchNorm(),
  dropout({ rate: 0.2 }),
  dense(128, { activation: 'tanh' }),
  dense(2, { activation: 'softmax' }),
];
const model = sequential(layers, { inputSize: 16, seed: 3 });
const history = await model.fit(
  { inputs, targets },
  {
    epochs: Number(epochs),
    threads: Number(threads),
    batchSize: 32,
    optimizer: 'adam',
    schedule: 'cosine',
    averaging: { decay: 0.99 },
    validation: 0.2,
    metrics: ['accuracy'],
    earlyStopping: { patience: 1_000_000 },
    checkpoint: { directory: join(folder, 'checkpoints'), everyUpdates: 7, keep: 2 },
    resume: 'auto',
    listeners: [{ onCheckpoint: () => writeSync(1, '.\n') }],
  },
);
await model.save(join(folder, 'model.safetensors'));
const { bestEpoch, stopReason, warnings } = history;
const results = history.epochs.map(({ seconds: _, rowsPerSecond: __, ...epoch }) => epoch);
writeFileSync(
  join(folder, 'history.json'),
  JSON.stringify({ bestEpoch, stopReason, warnings, results }),
);
