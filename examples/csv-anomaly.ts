import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { adam, autoencoder } from 'layerwise';
import Papa from 'papaparse';
import { scalingOf, standardised } from './shared/standardise.ts';

/**
 * Finds the odd rows of a table. An autoencoder learns from ten good days of a pump how its readings
 * go together; what it cannot reconstruct on the eleventh day is unlike anything it has seen. (The
 * readings are made up; in the second table four rows are wrong.)
 */

interface Reading {
  readonly time: string;
  readonly [column: string]: string;
}

const columns = ['speed', 'flow', 'pressure', 'power', 'temperature'];

/** Wherever this program lies, as it is or compiled. */
const clone = dirname(createRequire(import.meta.url).resolve('layerwise/package.json'));

async function readTable(name: string): Promise<{ times: string[]; rows: number[][] }> {
  const text = await readFile(join(clone, 'examples/data', name), 'utf8');
  const { data } = Papa.parse<Reading>(text, { header: true, skipEmptyLines: true });
  return {
    times: data.map(({ time }) => time),
    rows: data.map((reading) => columns.map((column) => Number(reading[column]))),
  };
}

const history = await readTable('pump-history.csv');
const today = await readTable('pump-today.csv');
const scaling = scalingOf(history.rows);
const normal = standardised(history.rows, scaling);

// Two numbers are to carry five: room for how the readings go together, not for what breaks that.
const model = autoencoder({
  inputSize: columns.length,
  hidden: [16],
  code: 2,
  activation: 'tanh',
  seed: 1,
});
const train = normal.filter((_, row) => row % 4 !== 0);
const heldOut = normal.filter((_, row) => row % 4 === 0);
await model.fit(train, { epochs: 300, optimizer: adam({ learningRate: 0.005 }) });

// The threshold comes from good rows that were not trained on.
model.columns = columns;
const detector = await model.detector(heldOut, { method: 'maximum', factor: 2 });
const { threshold } = detector;
console.log(
  `scores of good rows reach ${(threshold / 2).toFixed(2)}; limit ${threshold.toFixed(2)}\n`,
);

const detections = await detector.detect(standardised(today.rows, scaling), { columns: 1 });
for (const [index, { score, anomaly, columns }] of detections.entries()) {
  if (!anomaly) continue;
  // The column without which the row would be ordinary.
  const [worst] = columns;
  console.log(`${today.times[index]}  score ${score.toFixed(1)}  most in ${worst?.name}`);
}
