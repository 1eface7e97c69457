// Random JavaScript values for every argument of every function. Ends with a line of JSON; a crash,
// or an error that does not say what is wrong, is what the test looks for.

import fc from 'fast-check';
import { classificationData, classifierSpec, columns, fitOptions, loadAddon } from './samples.mjs';

const seed = Number(process.argv[2]);
const addon = loadAddon();
const data = classificationData(addon, 24);
const network = new addon.Network(classifierSpec(4));
const trainer = new addon.Trainer(network, { optimizer: 'adam', batchSize: 24, threads: 2 });
const ofAddon = ['describe', 'info', 'openPipe', 'cutRecords', 'addToMoments'];
const counts = { returned: 0, refused: 0, resolved: 0, rejected: 0 };

/** An error of ours, of V8 for a wrong `this`, or one that the value itself threw. */
function isExpected(error) {
  if (error instanceof Expected) return true;
  if (!(error instanceof Error)) return false;
  if (error.code !== 'LAYERWISE') return error instanceof TypeError;
  const texts = ['kind', 'path', 'expected', 'received', 'remedy', 'message'];
  return texts.every((name) => typeof error[name] === 'string');
}

class Expected extends Error {}

const trap = () => {
  throw new Expected();
};

const detached = () => {
  const array = new Float32Array(columns);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
};

const strange = fc.constantFrom(
  () => Symbol('x'),
  () => 10n,
  () => trap,
  () => new Proxy({}, { ownKeys: trap }),
  () => new Proxy({ rows: 1 }, { get: trap }),
  () => Object.defineProperty({}, 'rows', { get: trap, enumerable: true }),
  () => new Proxy([], {}),
  () => Object.create(null),
  () => new Map(),
  () => new Date(Number.NaN),
  () => Promise.resolve(),
  () => new Error('x'),
  () => new Array(2 ** 32 - 1),
  () => [[[[[[[[[[]]]]]]]]]],
  () => globalThis,
  () => data,
  () => network,
  () => trainer,
  () => addon,
  () => addon.Network,
  () => new ArrayBuffer(8),
  () => new DataView(new ArrayBuffer(8)),
  () => new Float32Array(new SharedArrayBuffer(4 * columns)),
  detached,
  () => new Uint8ClampedArray(columns),
  () => new BigUint64Array(2),
  () => Buffer.alloc(columns),
);
const number = fc.oneof(
  fc.integer({ min: -2, max: 40 }),
  fc.double(),
  fc.constantFrom(0, -0, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), Number.NaN, Infinity),
);
const typedArray = fc.oneof(
  fc.float32Array({ maxLength: 3 * columns }),
  fc.float64Array({ maxLength: 3 * columns }),
  fc.uint8Array({ maxLength: 3 * columns }),
  fc.int32Array({ maxLength: 3 * columns }),
  fc.constantFrom(1, 2, 24).map((rows) => new Float32Array(rows * columns)),
);
const name = fc.constantFrom(
  ...['dense', 'activation', 'relu', 'softmax', 'adam', 'sgd', 'crossEntropy', 'accuracy'],
  ...['float32', 'uint8', 'none', 'input', 'classes', 'matrix', '0.weight', '0.bias', 'linear'],
);
const any = fc.oneof(
  { weight: 3, arbitrary: number },
  { weight: 2, arbitrary: name },
  { weight: 2, arbitrary: typedArray },
  { weight: 2, arbitrary: strange.map((make) => make()) },
  { weight: 1, arbitrary: fc.string() },
  { weight: 2, arbitrary: fc.anything({ withNullPrototype: true, withSparseArray: true }) },
);

/** A good object with some of its members replaced, removed or added. */
const altered = (good) =>
  fc
    .dictionary(
      fc.constantFrom(...Object.keys(good), 'other'),
      fc.option(any, { nil: undefined }),
      {
        maxKeys: 2,
      },
    )
    .map((changes) => ({ ...good, ...changes }));

const good = classifierSpec(3);
const specs = fc.oneof(
  altered(good),
  altered(good.layers[0]).map((layer) => ({ ...good, layers: [layer, good.layers[1]] })),
);
const shape = { rows: 2, columns: 3, inputType: 'float32', target: 'classes', targetColumns: 2 };
const fits = altered(fitOptions({ epochs: 2 }));
const loss = { type: 'crossEntropy' };
const trainerOptions = { optimizer: { type: 'adam' }, batchSize: 24, seed: 1, inputGradient: true };

/** [what to call it on, method, arguments] */
// One buffer for all of them: what is written to one changes the others.
const shared = new ArrayBuffer(64);
const bytes = fc.constantFrom(
  Buffer.from('1,"2\n3,4\n,\n'),
  new Uint8Array(3),
  new Uint8Array(shared),
);
const places = fc.constantFrom(new Uint32Array(6), new Uint32Array(0), new Uint32Array(shared));
const doubles = fc.constantFrom(new Float64Array(6), new Float64Array(2), new Float64Array(shared));

const calls = fc.oneof(
  fc.tuple(fc.constant('new Dataset'), fc.oneof(any, altered(shape))),
  fc.tuple(fc.constant('new Network'), fc.oneof(any, specs)),
  fc.tuple(
    fc.constant('new Trainer'),
    fc.oneof(fc.constant(network), any),
    fc.oneof(any, altered(trainerOptions)),
  ),
  fc.tuple(
    fc.constant('forward'),
    fc.oneof(typedArray, any),
    number,
    fc.oneof(fc.boolean(), any),
    fc.oneof(typedArray, any),
  ),
  fc.tuple(fc.constantFrom('backward', 'inputGradient'), fc.oneof(typedArray, any)),
  fc.tuple(fc.constantFrom('step', 'gradient', 'zeroGradients', 'publish'), any),
  fc.tuple(fc.constantFrom('describe', 'info', 'openPipe'), any),
  fc.tuple(
    fc.constant('cutRecords'),
    fc.oneof(bytes, any),
    fc.oneof(fc.constant(44), any),
    fc.oneof(fc.integer({ min: 1, max: 3 }), any),
    fc.oneof(places, any),
    fc.oneof(places, any),
    fc.oneof(places, any),
    fc.oneof(doubles, any),
    fc.oneof(bytes, any),
    fc.oneof(fc.constant(new Uint32Array(4)), any),
  ),
  fc.tuple(
    fc.constant('addToMoments'),
    fc.oneof(doubles, any),
    fc.oneof(fc.integer({ min: 1, max: 3 }), any),
    fc.oneof(bytes, any),
    fc.oneof(places, any),
    fc.oneof(doubles, any),
  ),
  fc.tuple(
    fc.constantFrom('writeInputs', 'writeTargets', 'writeWeights'),
    fc.oneof(number, any),
    any,
  ),
  fc.tuple(fc.constant('getParameter'), any),
  fc.tuple(fc.constant('setParameter'), any, any),
  fc.tuple(fc.constant('rowPredictor'), number, number),
  fc.tuple(fc.constant('predictRows'), fc.oneof(typedArray, any), fc.oneof(typedArray, any)),
  fc.tuple(
    fc.constant('predict'),
    fc.oneof(typedArray, any),
    number,
    fc.oneof(any, altered({ threads: 2, from: 0, to: 2 })),
  ),
  fc.tuple(
    fc.constant('evaluate'),
    fc.oneof(fc.constant(data), any),
    fc.oneof(any, altered({ loss, metrics: ['accuracy'], batchSize: 7, threads: 2 })),
  ),
  fc.tuple(
    fc.constant('fit'),
    fc.oneof(fc.constant(data), any),
    fc.oneof(any, fits),
    fc.oneof(fc.constant(undefined), any),
    fc.oneof(fc.constant(undefined), any),
  ),
);

/** Ends the process: a report of the values themselves would trip over the strangest of them. */
function fail(method, error) {
  console.error(`seed ${seed}, ${method}:`, error);
  process.exit(1);
}

/** Calls without end are stopped, calls that throw are counted. */
async function perform([method, ...words]) {
  const fresh = new addon.Network(classifierSpec(3));
  const ofTrainer = method in addon.Trainer.prototype;
  const target = method.startsWith('write')
    ? new addon.Dataset(shape)
    : ofTrainer
      ? trainer
      : fresh;
  let result;
  try {
    if (method.startsWith('new ')) result = new addon[method.slice(4)](...words);
    else if (ofAddon.includes(method)) result = addon[method](...words);
    else if (method === 'predictRows') result = fresh.rowPredictor()(...words);
    else result = target[method](...words);
  } catch (error) {
    if (!isExpected(error)) fail(method, error);
    counts.refused++;
    return;
  }
  counts.returned++;
  if (method === 'fit') result.stop();
  try {
    await (method === 'fit' ? result.promise : result);
    counts.resolved++;
  } catch (error) {
    if (!isExpected(error)) fail(method, error);
    counts.rejected++;
  }
}

// A listener may be any function, and the random ones throw.
process.on('uncaughtException', (error) => {
  if (!isExpected(error)) fail('a listener', error);
});

await fc.assert(fc.asyncProperty(calls, perform), { seed, numRuns: 4000, endOnFailure: true });

// Any function on any object.
const prototypes = [addon.Dataset.prototype, addon.Network.prototype, addon.Trainer.prototype];
const functions = prototypes.flatMap((prototype) =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([key]) => key !== 'constructor')
    .map(([, { value, get }]) => value ?? get),
);
fc.assert(
  fc.property(fc.constantFrom(...functions), any, any, any, (method, self, a, b) => {
    if (self === network && method === addon.Network.prototype.fit) return;
    try {
      method.call(self, a, b);
    } catch (error) {
      if (!isExpected(error)) fail(method.name, error);
    }
  }),
  { seed, numRuns: 4000, endOnFailure: true },
);

console.log(JSON.stringify(counts));
