/** What bundlers are given: uses both entries of the package, and the core. */

import { DataError, dense, sequential } from 'layerwise';
import { float, Study } from 'layerwise/search';

const model = sequential([dense(1)], { inputSize: 2, seed: 1 });
const trial = new Study({ space: { rate: float(0, 1) } }).ask();
if (typeof DataError !== 'function' || !(trial.values.rate < 1)) throw new Error('no such trial');
console.log(`rows: ${model.predictSync([[1, 2]]).rows}`);
