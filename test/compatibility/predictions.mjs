/**
 * Prints what a saved model predicts, bit for bit: float32 as hexadecimal bytes.
 *
 *   node test/compatibility/predictions.mjs ROOT-OF-THE-PACKAGE MODEL
 */

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inputRows } from './samples.mjs';

const [root = '', file = ''] = process.argv.slice(2);
/** @type {typeof import('layerwise')} */
const { load } = await import(pathToFileURL(path.resolve(root, 'dist/index.js')).href);

/** @param {Float32Array} values */
const hex = (values) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

/** @param {Awaited<ReturnType<typeof load>>} model */
async function predictionsOf(model) {
  const rows = inputRows(9);
  if (model.kind === 'sequential') return { outputs: hex(model.predictSync(rows).values) };
  if (model.kind === 'multiOutput') {
    const outputs = Object.entries(model.predictSync(rows));
    return Object.fromEntries(outputs.map(([name, { values }]) => [name, hex(values)]));
  }
  const { anomalyDetector } = model;
  return {
    codes: hex((await model.encode(rows)).values),
    reconstructions: hex((await model.reconstruct(rows)).values),
    scores: hex(await model.score(rows)),
    ...(anomalyDetector !== null && {
      threshold: anomalyDetector.threshold,
      anomalies: (await anomalyDetector.detect(rows)).map(({ anomaly }) => Number(anomaly)),
    }),
  };
}

const model = await load(file);
const { annotations, kind, spec } = model;
const predictions = await predictionsOf(model);
console.log(JSON.stringify({ kind, spec, annotations, predictions }, null, 1));
