// What it costs to make a table in a CSV file into inputs of a network: `layerwise convert`, which surveys the file and
// encodes it. With --beside, an older package does the same in turn.
//
//   npm run build:ts && node bench/csv.mjs [--rows 200000] [--quoted] [--rounds 5] [--beside FOLDER]
//
// The file has 28 columns of numbers, of 0 to 6 decimals, and two of text. What is told is the processor time of the
// process and all its threads, its start included; a fifth of that before the core cut tables is wanted.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const { values: given } = parseArgs({
  options: {
    rows: { type: 'string', default: '200000' },
    quoted: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    beside: { type: 'string' },
  },
});
const count = Number(given.rows);
const rounds = Number(given.rounds);
const target = 5;
const folder = mkdtempSync(join(tmpdir(), 'layerwise-csv-'));
const path = join(folder, 'table.csv');
const preload = join(folder, 'cost.mjs');

async function writeTable() {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const out = createWriteStream(path);
  out.write(`${Array.from({ length: 28 }, (_, i) => `n${i}`).join(',')},city,label\n`);
  for (let row = 0; row < count; row++) {
    const numbers = Array.from({ length: 28 }, (_, i) => (random() * 200 - 100).toFixed(i % 7));
    const city = ['Berlin', 'Paris', 'Rome', 'Oslo'][Math.floor(random() * 4)];
    const label = random() < 0.5 ? 'yes' : 'no';
    const line = `${numbers.join(',')},${given.quoted ? `"${city}"` : city},${label}\n`;
    if (!out.write(line)) await new Promise((done) => out.once('drain', done));
  }
  out.end();
  await finished(out);
}

/** Microseconds of processor time, and megabytes. */
function cost(package_) {
  const command = join(package_, 'dist', 'cli', 'main.js');
  const rows = join(folder, 'rows.safetensors');
  rmSync(rows, { force: true });
  const words = ['--import', preload, command, 'convert', path, rows, '--target', 'label'];
  const run = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(readFileSync(join(folder, 'cost.json'), 'utf8'));
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

try {
  writeFileSync(
    preload,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cost = { seconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 };
  writeFileSync(${JSON.stringify(join(folder, 'cost.json'))}, JSON.stringify(cost));
});\n`,
  );
  await writeTable();
  const packages = [resolve('.'), ...(given.beside ? [resolve(given.beside)] : [])];
  const seconds = packages.map(() => []);
  const ratios = [];
  for (let round = 0; round < rounds; round++) {
    const costs = packages.map(cost);
    costs.forEach((each, index) => {
      seconds[index].push(each.seconds);
    });
    if (costs.length > 1) ratios.push(costs[1].seconds / costs[0].seconds);
    console.log(
      costs
        .map((each) => `${each.seconds.toFixed(2)} s, ${each.megabytes.toFixed(0)} MB`)
        .join('; '),
    );
  }
  packages.forEach((each, index) => {
    const rate = count / median(seconds[index]) / 1000;
    console.log(`${each}: ${rate.toFixed(0)} thousand rows in a second of processor time`);
  });
  if (ratios.length > 0) {
    console.log(`${median(ratios).toFixed(2)} × (target: ${target} ×)`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
