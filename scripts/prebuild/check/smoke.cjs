/**
 * Uses the package on the host that it is run by, and writes what came out to a file as JSON:
 *
 *   HOST smoke.cjs RESULT_FILE [INSTRUCTION_SET]
 *
 * Into a file, as the console of some hosts fails.
 */

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { isMainThread, parentPort, Worker } = require('node:worker_threads');

const [, , resultFile = '', instructionSet = ''] = process.argv;
// Set here, and not by who starts the host: the core has to see what a program sets itself.
if (isMainThread) process.env.LAYERWISE_ISA = instructionSet;

const { dense, info, sequential } = require('layerwise');

function newModel() {
  const layers = [dense(33, { activation: 'gelu' }), dense(17, { activation: 'tanh' }), dense(1)];
  return sequential(layers, { inputSize: 9, seed: 11 });
}

function newData() {
  const rows = 1000;
  // Without functions of Math, which may differ between hosts in the last bit.
  const inputs = Float32Array.from(
    { length: rows * 9 },
    (_, index) => ((index * 7919) % 1013) / 1013,
  );
  const targets = Float32Array.from(
    { length: rows },
    (_, row) => inputs[9 * row] - inputs[9 * row + 4],
  );
  return { inputs, targets };
}

/** The digest of a trained model's predictions: all hosts have to agree on it. */
async function trainedDigest() {
  const model = newModel();
  const data = newData();
  await model.fit(data, { epochs: 3, batchSize: 32 });
  const { values: outputs } = await model.predict(data.inputs);
  return createHash('sha256').update(new Uint8Array(outputs.buffer)).digest('hex').slice(0, 16);
}

/** Trains until it is terminated. */
async function trainForever() {
  parentPort.postMessage('begins');
  await newModel().fit(newData(), { epochs: 1e6 });
}

/** A worker that is terminated in the middle of a training. @param {number} delay in milliseconds */
async function terminateWorker(delay) {
  // Its streams are kept from the console.
  const worker = new Worker(__filename, { stdout: true, stderr: true });
  await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await new Promise((resolve) => setTimeout(resolve, delay));
  await worker.terminate();
}

async function main() {
  const { instructionSet: used, availableInstructionSets } = info();
  const digest = await trainedDigest();
  let terminated = 0;
  for (; terminated < 6; terminated += 1) await terminateWorker(10 * terminated);
  // The process has survived them, and still works.
  const again = await trainedDigest();
  const binary = Object.keys(require.cache).find((file) => file.endsWith('.node'));
  const result = {
    used,
    availableInstructionSets,
    digest,
    again,
    terminated,
    binary: binary && path.basename(binary),
  };
  fs.writeFileSync(resultFile, JSON.stringify(result));
}

if (isMainThread) {
  main().catch((error) => {
    fs.writeFileSync(resultFile, JSON.stringify({ error: String(error?.stack ?? error) }));
    process.exitCode = 1;
  });
} else {
  trainForever();
}
