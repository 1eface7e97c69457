/** Uses the package from CommonJS; whatever is not as it should be throws. */

const assert = require('node:assert/strict');
const { dense, sequential, ShapeError } = require('layerwise');
const { float, Study } = require('layerwise/search');
const { inferSchema, readTable } = require('layerwise/tables');

const model = sequential([dense(1)], { inputSize: 2, seed: 1 });
assert.equal(model.predictSync([[1, 2]]).rows, 1);
assert.throws(() => model.predictSync([[1, 2, 3]]), ShapeError);
assert.equal(new Study({ space: { rate: float(0, 1) } }).ask()?.complete(1).state, 'complete');
const table = readTable([
  { x: 1, y: 'a' },
  { x: 2, y: 'b' },
]);
Promise.all([import('layerwise'), table.then((read) => inferSchema(read, { target: 'y' }))]).then(
  ([imported, { task }]) => {
    assert.equal(imported.ShapeError, ShapeError);
    assert.equal(task, 'classification');
    console.log('used from CommonJS');
  },
);
