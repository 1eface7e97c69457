/** Compiled, never run: a CommonJS module whose types those of an ES module have to be the same as. */

import layerwise = require('layerwise');
import search = require('layerwise/search');

const { DataError, dense, sequential } = layerwise;

const model: layerwise.Sequential<'linear'> = sequential([dense(1)], { inputSize: 2 });
const study = new search.Study({ space: { rate: search.float(0, 1) } });

export = { DataError, model, study };
