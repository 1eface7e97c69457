/** Uses the package as an ES module; whatever is not as it should be throws. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { adam, dense, info, load, sequential } from 'layerwise';
import { float, Study } from 'layerwise/search';
import { tableModel } from 'layerwise/tables';

const layers = [dense(8, { activation: 'relu' }), dense(1)];
const model = sequential(layers, { inputSize: 2, seed: 1 });
const inputs = Float32Array.from({ length: 200 }, (_, index) => Math.sin(index));
const targets = Array.from({ length: 100 }, (_, row) => inputs[2 * row] - inputs[2 * row + 1]);
const { epochs } = await model.fit(
  { inputs, targets },
  { epochs: 3, optimizer: adam({ learningRate: 0.01 }) },
);
assert.equal(epochs.length, 3);
const predicted = await model.predict(inputs);
assert.deepEqual([predicted.rows, predicted.columns], [100, 1]);
await model.save('model.safetensors');
assert.deepEqual((await load('model.safetensors')).predictSync(inputs).values, predicted.values);

const study = new Study({ space: { rate: float(0, 1) } });
assert.equal(study.ask()?.complete(1).state, 'complete');

const houses = tableModel({ target: 'price', seed: 1 });
const rows = Array.from({ length: 60 }, (_, row) => ({
  area: row,
  city: 'ab'[row % 2],
  price: 2 * row,
}));
await houses.fit(rows, { epochs: 2 });
await houses.save('houses.safetensors');
const served = await load('houses.safetensors', 'table');
assert.deepEqual(served.predictSync(rows.slice(0, 2)), houses.predictSync(rows.slice(0, 2)));

const required = createRequire(import.meta.url)('layerwise');
assert.equal(required.DataError, (await import('layerwise')).DataError);
console.log(`${info().version} on ${info().instructionSet}`);
