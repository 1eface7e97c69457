// Trains on a stream of rows that is larger than the memory, and says what memory and time it took; with --compare in
// turns with the same rows in memory.
//
//   npm run build:ts && node bench/rows-from-stream.mjs [--gigabytes 20] [--columns 784] [--chunk 1024] [--compare] [--rounds 3]
//
// The rows are made as they are asked for, from numbers that are drawn once, so that the stream costs little itself. With
// --single they come one by one, as objects.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dense, matrix, sequential } from '../dist/index.js';

const { values: given } = parseArgs({
  options: {
    gigabytes: { type: 'string' },
    columns: { type: 'string', default: '784' },
    chunk: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string' },
    compare: { type: 'boolean', default: false },
    single: { type: 'boolean', default: false },
  },
});
const columns = Number(given.columns);
const chunkRows = Number(given.chunk);
const gigabytes = Number(given.gigabytes ?? (given.compare ? 0.6 : 20));
const rows = Math.floor((gigabytes * 1e9) / (columns * 4));
const classes = 10;
const threads = given.threads && { threads: Number(given.threads) };

/** Any stretch of rows is a part of these. */
const pool = Float32Array.from({ length: 2 * chunkRows * columns }, (_, i) => Math.sin(i * i));
const labels = Int32Array.from({ length: 2 * chunkRows }, (_, row) => row % classes);

async function* chunksFrom(row) {
  for (let at = row; at < rows; at += chunkRows) {
    const [first, count] = [at % chunkRows, Math.min(chunkRows, rows - at)];
    const inputs = pool.subarray(first * columns, (first + count) * columns);
    const targets = labels.subarray(first, first + count);
    if (!given.single) yield { inputs, targets };
    else {
      for (let i = 0; i < count; i++) {
        const input = inputs.subarray(i * columns, (i + 1) * columns);
        yield { input, target: targets[i] };
      }
    }
  }
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

async function train(data, name) {
  const model = sequential(
    [dense(64, { activation: 'relu' }), dense(classes, { activation: 'softmax' })],
    { inputSize: columns },
  );
  let most = anonymousMemory();
  const watch = setInterval(() => {
    most = Math.max(most, anonymousMemory());
  }, 50);
  const before = process.cpuUsage();
  const { seconds, rowsPerSecond } = await model.fit(data, {
    epochs: 1,
    batchSize: 128,
    ...threads,
  });
  clearInterval(watch);
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6;
  console.log(
    `${name}: ${rows} rows of ${columns}, ${seconds.toFixed(1)} s (${Math.round(rowsPerSecond)} rows/s), ` +
      `${cpu.toFixed(1)} s of CPU time; RssAnon at most ${Math.round(most / 1e6)} MB`,
  );
  return { seconds, cpu };
}

const stream = { rows: ({ row }) => chunksFrom(row), rowsPerEpoch: rows };
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

if (!given.compare) {
  await train(stream, 'from a stream');
} else {
  const values = new Float32Array(rows * columns);
  const targets = new Int32Array(rows);
  for (let at = 0; at < rows; at += chunkRows) {
    const count = Math.min(chunkRows, rows - at);
    values.set(pool.subarray(0, count * columns), at * columns);
    targets.set(labels.subarray(0, count), at);
  }
  const inMemory = { inputs: matrix(values, rows, columns), targets };
  const times = [];
  for (let round = 0; round < Number(given.rounds); round++) {
    const streamed = await train(stream, 'from a stream');
    const held = await train(inMemory, 'from memory');
    times.push([streamed.seconds / held.seconds, streamed.cpu / held.cpu]);
  }
  const [seconds, cpu] = [0, 1].map((index) => median(times.map((ratios) => ratios[index])));
  console.log(`stream / memory: ${seconds.toFixed(2)} of time, ${cpu.toFixed(2)} of CPU time`);
}
