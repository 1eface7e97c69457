// What the programs of this folder and the tests beside it share. Plain JavaScript, because worker
// threads and child processes run it as it is.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** The addon itself, without the TypeScript layer. */
export function loadAddon() {
  return require('node-gyp-build')(fileURLToPath(new URL('../../..', import.meta.url)));
}

/** @param {number} index */
function noise(index) {
  const x = Math.sin(index * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

export const columns = 12;
export const classes = 3;

/** Rows whose class shows in their values. */
export function classificationData({ Dataset }, rows = 240) {
  const data = new Dataset({
    rows,
    columns,
    inputType: 'float32',
    target: 'classes',
    targetColumns: classes,
  });
  const targets = Int32Array.from({ length: rows }, (_, row) => row % classes);
  const inputs = Float32Array.from(
    { length: rows * columns },
    (_, i) => noise(i) + (i % classes === Math.floor(i / columns) % classes ? 1 : 0),
  );
  data.writeInputs(0, inputs);
  data.writeTargets(0, targets);
  return data;
}

export function classifierSpec(units = 24, seed = 1) {
  return {
    inputSize: columns,
    seed,
    layers: [
      { type: 'dense', units, activation: 'relu' },
      { type: 'dense', units: classes, activation: 'softmax' },
    ],
  };
}

/** @param {object} changes */
export function fitOptions(changes = {}) {
  return {
    epochs: 4,
    batchSize: 16,
    optimizer: { type: 'adam' },
    loss: { type: 'crossEntropy' },
    metrics: ['accuracy'],
    shuffle: true,
    seed: 7,
    ...changes,
  };
}

/** More epochs than any test waits for. */
export const endless = fitOptions({ epochs: 1e9, progressIntervalMs: 0 });

/**
 * The numbers of the epochs of a report, one row for each; the first is the number of the epoch.
 *
 * @param {import('../../../lib/nativeTypes.js').NativeReport} report
 * @param {import('../../../lib/nativeTypes.js').NativeRunShape} shape
 * @returns {number[][]}
 */
export function rowsOf({ epochs }, { outputs, hasHeads, validationRows }) {
  const metrics = outputs.flatMap((output) => output.metrics);
  const result = 1 + metrics.length + (hasHeads ? outputs.length : 0);
  const width = 4 + result + (validationRows > 0 ? 1 + result : 0);
  const count = epochs.length / width;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: width }, (_, place) => epochs[place * count + row]),
  );
}

/** @param {Parameters<typeof rowsOf>} words */
export function epochsOf(...words) {
  return rowsOf(...words).map(([epoch]) => epoch);
}

/** The bits of all parameters, as text. */
export function fingerprint(network) {
  return network
    .parameters()
    .map(({ name }) => Buffer.from(network.getParameter(name).buffer).toString('base64'))
    .join(' ');
}

/**
 * What a network gives for whole rows, on this thread.
 *
 * @param {import('../../../lib/nativeTypes.js').NativeNetwork} network
 * @param {Float32Array} inputs
 */
export function predictRows(network, inputs) {
  const rows = Math.floor(inputs.length / network.inputSize);
  const outputs = new Float32Array(rows * network.outputSize);
  network.rowPredictor()(inputs, outputs);
  return outputs;
}

/**
 * Runs a program of this folder in a process of its own.
 *
 * @param {string} name
 * @param {{ words?: readonly string[], flags?: readonly string[], uid?: number }} [options]
 */
export async function runProgram(name, { words = [], flags = [], uid } = {}) {
  const program = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, [...flags, program, ...words], { uid });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}
