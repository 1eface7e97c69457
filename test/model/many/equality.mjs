// Random mixes of models trained by fitMany, on 1 and 2 threads, and each by its own fit: the same bits of parameters and
// the same histories, on the instruction set of LAYERWISE_ISA. Ends with an error that shows the smallest mix that differs.
//
//   node test/model/many/equality.mjs [runs]

import assert from 'node:assert';
import fc from 'fast-check';
import { dense, fitMany, matrix, sequential } from '../../../dist/index.js';

const activations = ['linear', 'tanh', 'relu', 'sigmoid', 'gelu', 'softplus', 'leakyRelu'];
const optimizers = [
  'sgd',
  'momentum',
  'nesterov',
  'adagrad',
  'adadelta',
  'rmsprop',
  'adam',
  'adamW',
];
const ends = [
  { activation: 'softmax', loss: 'crossEntropy', metric: 'accuracy', columns: [2, 20] },
  { activation: 'softmax', loss: { type: 'crossEntropy', labelSmoothing: 0.1 }, columns: [2, 5] },
  { activation: 'sigmoid', loss: 'binaryCrossEntropy', metric: 'accuracy', columns: [1, 1] },
  { activation: 'sigmoid', loss: 'focal', columns: [1, 3] },
  { activation: 'linear', loss: 'meanSquaredError', metric: 'meanAbsoluteError', columns: [1, 1] },
  { activation: 'linear', loss: 'meanAbsoluteError', columns: [2, 37] },
  { activation: 'tanh', loss: 'huber', columns: [1, 17] },
  // No lane computes it.
  { activation: 'linear', loss: 'cosine', columns: [2, 3] },
];

const layer = fc.record({
  units: fc.integer({ min: 1, max: 20 }),
  activation: fc.constantFrom(...activations),
  bias: fc.boolean(),
  frozen: fc.integer({ max: 5, min: 0 }).map((number) => number === 5),
});
const end = fc.constantFrom(...ends).chain((own) =>
  fc.record({
    own: fc.constant(own),
    columns: fc.integer({ min: own.columns[0], max: own.columns[1] }),
  }),
);
const member = fc.record({
  seed: fc.integer({ min: 0, max: 3 }),
  moreRows: fc.integer({ min: 0, max: 30 }),
  learningRate: fc.constantFrom(0.001, 0.02, 0.05),
  isWeighted: fc.boolean(),
  epochs: fc.integer({ min: 1, max: 5 }),
});
const mix = fc.record({
  inputs: fc.integer({ min: 1, max: 9 }),
  layers: fc.array(layer, { maxLength: 2 }),
  end,
  members: fc.array(member, { minLength: 1, maxLength: 20 }),
  rows: fc.integer({ min: 8, max: 40 }),
  share: fc.constantFrom('nothing', 'rows', 'data'),
  batchSize: fc.integer({ min: 1, max: 5 }),
  optimizer: fc.constantFrom(...optimizers),
  shuffle: fc.boolean(),
  decayBiases: fc.boolean(),
  validation: fc.constantFrom(undefined, 0.3),
  stops: fc.boolean(),
  schedule: fc.constantFrom(undefined, 'cosine'),
  measures: fc.boolean(),
});

/** Numbers from 0 to 1, the same each time. */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function dataOf(from, rows, isWeighted, seed) {
  const random = numbers(seed);
  const { own, columns } = from.end;
  const floats = (count, make) => Float32Array.from({ length: count }, make);
  const isClass = own.activation === 'softmax';
  const isShare = own.activation === 'sigmoid';
  const target = () => (isShare ? Math.round(random()) : random());
  return {
    inputs: matrix(
      floats(rows * from.inputs, () => random() * 2 - 1),
      rows,
      from.inputs,
    ),
    targets: isClass
      ? Int32Array.from({ length: rows }, () => Math.floor(random() * columns))
      : matrix(floats(rows * columns, target), rows, columns),
    ...(isWeighted && { weights: floats(rows, () => random() * 2) }),
  };
}

function modelOf({ layers, end: { own, columns }, inputs }, seed) {
  const hidden = layers.map(({ units, ...options }) => dense(units, options));
  const last = dense(columns, { activation: own.activation });
  return sequential([...hidden, last], { inputSize: inputs, seed });
}

function optionsOf(from) {
  const { own } = from.end;
  return {
    loss: own.loss,
    ...(from.measures && own.metric && { metrics: [own.metric] }),
    batchSize: from.batchSize,
    shuffle: from.shuffle,
    decayBiases: from.decayBiases,
    ...(from.validation && { validation: from.validation }),
    ...(from.stops && { earlyStopping: { patience: 1 } }),
    ...(from.schedule && { schedule: from.schedule }),
  };
}

function memberOptions(from, { seed, learningRate, epochs, isWeighted }) {
  const { own, columns } = from.end;
  const classes = Math.max(2, columns);
  const hasClasses = own.activation === 'softmax' && isWeighted;
  return {
    seed,
    epochs,
    optimizer: { type: from.optimizer, learningRate },
    ...(hasClasses && { classWeights: Array.from({ length: classes }, (_, i) => 0.5 + i) }),
  };
}

const bitsOf = (model) =>
  model.parameters.map(({ name }) => [
    name,
    Buffer.from(model.getParameter(name).buffer).toString('hex'),
  ]);

function told({ epochs, stopReason, bestEpoch, warnings }) {
  const timeless = epochs.map(({ seconds, rowsPerSecond, ...epoch }) => epoch);
  return { epochs: timeless, stopReason, bestEpoch, warnings: warnings.map(({ code }) => code) };
}

async function compare(from) {
  const models = () => from.members.map(({ seed }) => modelOf(from, seed));
  const shared = dataOf(from, from.rows, false, 1);
  const data = from.members.map(({ moreRows, isWeighted }, i) => {
    if (from.share === 'data') return shared;
    return dataOf(from, from.rows + (from.share === 'rows' ? 0 : moreRows), isWeighted, i);
  });
  const options = optionsOf(from);
  const members = from.members.map((own) => memberOptions(from, own));
  const alone = models();
  const expected = [];
  for (const [i, model] of alone.entries()) {
    const run = model.fit(data[i], { ...options, ...members[i], threads: 1 });
    const end = await outcomeOf(run);
    expected.push({ bits: bitsOf(model), end });
  }
  for (const threads of [1, 2]) {
    const together = models();
    const all = from.share === 'data' ? shared : data;
    const run = fitMany(together, all, { ...options, members, threads });
    await run.catch(() => {});
    const ends = await Promise.all(run.runs.map(outcomeOf));
    const received = together.map((model, i) => ({ bits: bitsOf(model), end: ends[i] }));
    assert.deepStrictEqual(received, expected);
  }
}

/** How a run ends; some of them diverge. */
function outcomeOf(run) {
  return run.then(told, (error) => error.message);
}

const numRuns = Number(process.argv[2] ?? 60);
await fc.assert(fc.asyncProperty(mix, compare), { numRuns });
console.log('equal');
