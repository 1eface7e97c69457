// Trains on rows in a file that is larger than the memory, and says what memory and time it took; with
// --compare then on the same in memory.
//
//   npm run build:ts && node bench/rows-in-files.mjs [--gigabytes 20] [--columns 784] [--epochs 1] [--folder DIR] [--compare] [--cold]
//
// The file is sparse: it takes no room on the disk, and reading it is as fast as the memory. What a disk adds
// is seen with --cold, which writes numbers and, as root on Linux, has the system forget them before.
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dense, fileRows, matrix, sequential } from '../dist/index.js';

const { values: given } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '20' },
    columns: { type: 'string', default: '784' },
    folder: { type: 'string', default: tmpdir() },
    epochs: { type: 'string', default: '1' },
    compare: { type: 'boolean', default: false },
    cold: { type: 'boolean', default: false },
    threads: { type: 'string' },
  },
});
const columns = Number(given.columns);
const rows = Math.floor((Number(given.gigabytes) * 1e9) / (columns * 4));
const path = join(given.folder, `layerwise-rows-${process.pid}.safetensors`);
const classes = 10;
const threads = given.threads && { threads: Number(given.threads) };

function writeRows() {
  const inputs = rows * columns * 4;
  const header = JSON.stringify({
    inputs: { dtype: 'F32', shape: [rows, columns], data_offsets: [0, inputs] },
    targets: { dtype: 'I32', shape: [rows], data_offsets: [inputs, inputs + rows * 4] },
  });
  const json = Buffer.from(header.padEnd(Math.ceil(header.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const file = openSync(path, 'wx');
  writeSync(file, length);
  writeSync(file, json);
  if (given.cold) {
    const chunk = Buffer.from(Float32Array.from({ length: 2 ** 18 }, (_, i) => Math.sin(i)).buffer);
    for (let at = 0; at < inputs; at += chunk.length) {
      writeSync(file, chunk.subarray(0, Math.min(chunk.length, inputs - at)));
    }
  }
  ftruncateSync(file, 8 + json.length + inputs + rows * 4);
  closeSync(file);
  if (given.cold) writeFileSync('/proc/sys/vm/drop_caches', '3');
}

/** Memory of the process that no file backs, in bytes; of all its memory where that is not told. */
function anonymousMemory() {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  } catch {
    return process.memoryUsage().rss;
  }
}

async function train(inputs, targets, name) {
  const model = sequential(
    [dense(64, { activation: 'relu' }), dense(classes, { activation: 'softmax' })],
    { inputSize: columns },
  );
  let most = anonymousMemory();
  const cpuBefore = process.cpuUsage();
  const watch = setInterval(() => {
    most = Math.max(most, anonymousMemory());
  }, 50);
  const epochs = Number(given.epochs);
  const history = await model.fit({ inputs, targets }, { epochs, batchSize: 128, ...threads });
  clearInterval(watch);
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = ((user + system) / 1e6).toFixed(1);
  const speeds = history.epochs.map(({ rowsPerSecond }) => {
    const gigabytes = (rowsPerSecond * columns * 4) / 1e9;
    return `${Math.round(rowsPerSecond)} rows/s (${gigabytes.toFixed(2)} GB/s)`;
  });
  console.log(
    `${name}: ${rows} rows of ${columns}, ${speeds.join(', then ')}, ${cpu} s of CPU time; ` +
      `RssAnon at most ${Math.round(most / 1e6)} MB`,
  );
}

writeRows();
try {
  const inputs = await fileRows(path, { tensor: 'inputs' });
  const targets = await fileRows(path, { tensor: 'targets' });
  await train(inputs, targets, 'from the file');
  if (given.compare) {
    const values = new Float32Array(rows * columns);
    await train(matrix(values, rows, columns), new Int32Array(rows), 'from memory');
  }
} finally {
  rmSync(path);
}
