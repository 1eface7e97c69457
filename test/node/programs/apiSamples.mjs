// Good arguments for the functions of the package, by name, and objects with methods to call. What has no recipe here is
// called with random arguments all the same.

import * as main from '../../../dist/index.js';
import * as search from '../../../dist/search/index.js';

const { autoencoder, dense, matrix, multiOutput, sequential } = main;
const { Study, choice, float, int } = search;

const columns = 4;
const rows = () => [
  [1, 2, 3, 4],
  [2, 3, 4, 5],
  [0, 1, 0, 1],
  [4, 3, 2, 1],
  [1, 0, 2, 0],
  [3, 3, 1, 2],
];
const flat = () => Float32Array.from(rows().flat());
const labels = () => [0, 1, 0, 1, 1, 0];
const numbers = () => [0.1, 0.9, 0.2, 0.7, 0.6, 0.3];
const shares = () => numbers().map((share) => [1 - share, share]);
const data = () => ({ inputs: rows(), targets: labels(), weights: [1, 1, 2, 1, 0.5, 1] });

const layers = () => [
  { type: 'dense', units: 3, activation: 'relu', kernelPenalty: { l1: 0, l2: 0.01 } },
  { type: 'dense', units: 2, activation: { type: 'softmax' } },
];
const heads = () => ({
  kind: [{ type: 'dense', units: 2, activation: 'softmax' }],
  size: { type: 'dense', units: 1 },
});
const network = () => ({ inputSize: columns, seed: 1 });
const code = () => ({ ...network(), hidden: [3], code: 2, activation: 'tanh' });

const training = () => ({
  epochs: 2,
  batchSize: 3,
  optimizer: { type: 'adam', learningRate: 0.01 },
  schedule: { type: 'cosine' },
  gradientClipping: { norm: 1 },
  averaging: { decay: 0.9 },
  earlyStopping: { patience: 3 },
  validation: { split: 0.34 },
  statistics: { everyEpochs: 1 },
  shuffle: true,
  seed: 3,
  threads: 1,
  precision: 'float32',
  signal: new AbortController().signal,
  onEvent: () => {},
});
const ofClasses = () => ({ loss: 'crossEntropy', metrics: ['accuracy'], classWeights: [1, 2] });
const forwardPass = () => ({ threads: 1, precision: 'float32' });

const space = () => ({
  rate: float(0.001, 1, { log: true }),
  inner: { units: int(2, 16), kind: choice(['a', 'b']) },
});
const objective = () => (trial) => trial.values.rate;
/** Twice an end for whatever numbers of trials and epochs take the place of these. */
const runs = () => ({
  ...{ trials: 3, parallel: 1, threads: 1, timeLimit: 0.05, failureLimit: 2 },
  signal: AbortSignal.timeout(1000),
});

function study() {
  const made = new Study({ space: space(), seed: 1 });
  for (const value of [0.5, 0.2]) {
    const trial = made.ask();
    trial.report(1, value);
    trial.complete(value);
  }
  return made;
}

/** The same as records of its own, in which places are replaced too. */
function records() {
  const { space, direction, trials } = study();
  return { space, direction, trials: structuredClone(trials) };
}

function trained(model) {
  model.forward(rows());
  return model;
}

const classifier = () => sequential([dense(3), dense(2, { activation: 'softmax' })], network());
/** Whatever takes the place of its epochs, its trainings end. */
const hasty = () => {
  const model = classifier();
  const begin = model.fit.bind(model);
  model.fit = (...words) => {
    const run = begin(...words);
    setTimeout(() => run.stop(), 500).unref();
    return run;
  };
  return model;
};
const detector = () => {
  const model = autoencoder(code());
  model.setThreshold(1);
  return model;
};

/** New objects, by what the names of their methods begin with. */
export const subjects = {
  sequential: classifier,
  multiOutput: () => multiOutput(layers().slice(0, 1), heads(), network()),
  autoencoder: detector,
  detector: () => detector().anomalyDetector,
  // A getter, whose function is called as a method.
  detecting: () => {
    const model = autoencoder(code());
    model.columns = ['a', { name: 'b', inputs: 3, missing: true }];
    return { detector: (...given) => model.detector(...given) };
  },
  // As wide as none can be sampled by the billion.
  variational: () => main.variationalAutoencoder({ inputSize: 256, code: 2 }),
  stacked: () => main.stackedAutoencoder({ ...network(), layers: [3, 2] }),
  trainer: () => trained(classifier().trainer({ batchSize: 6, inputGradient: true, threads: 1 })),
  run: () => {
    const run = classifier().fit(data(), { epochs: 1, threads: 1 });
    run.catch(() => {});
    return run;
  },
  study,
  openTrial: () => study().ask(),
  searchSpace: () => study().space,
  sampler: () => search.samplers.random(),
  pruner: () => search.pruners.median(),
};

const predicting = (prefix) => ({
  [`${prefix}.predict`]: () => [rows(), forwardPass()],
  [`${prefix}.predictSync`]: () => [rows()],
  [`${prefix}.withFrozenLayers`]: () => [[0]],
  [`${prefix}.getParameter`]: () => ['0.bias'],
  [`${prefix}.setParameter`]: () => ['0.bias', [1, 2, 3]],
  [`${prefix}.annotations`]: () => [{ a: [1, { b: null }] }],
  [`${prefix}.trainer`]: () => [{ optimizer: 'sgd', batchSize: 3, seed: 1, threads: 1 }],
  [`${prefix}.save`]: () => ['model.safetensors'],
  [`${prefix}.loadWeights`]: () => ['model.safetensors', { layout: 'pytorch' }],
  [`${prefix}.export`]: () => ['model.onnx'],
});
const autoencoding = (prefix) => ({
  ...predicting(prefix),
  [`${prefix}.export`]: () => ['model.onnx', { part: 'encoder' }],
  [`${prefix}.fit`]: () => [{ inputs: rows(), weights: numbers() }, training()],
  [`${prefix}.evaluate`]: () => [rows(), { loss: 'meanSquaredError', threads: 1 }],
  [`${prefix}.pretrain`]: () => [flat(), { epochs: 1, threads: 1, onEvent: () => {} }],
  [`${prefix}.encode`]: () => [flat(), forwardPass()],
  [`${prefix}.decode`]: () => [[[1, 2]], forwardPass()],
  [`${prefix}.reconstruct`]: () => [matrix(flat(), 6, columns), forwardPass()],
  [`${prefix}.reconstructionErrors`]: () => [rows(), { matrix: true, threads: 1 }],
  [`${prefix}.score`]: () => [rows(), forwardPass()],
  [`${prefix}.calibrate`]: () => [rows(), { method: 'contamination', contamination: 0.1 }],
  [`${prefix}.setThreshold`]: () => [1],
  [`${prefix}.columns`]: () => [['a', { name: 'b', inputs: 3 }]],
  [`${prefix}.explain`]: () => [[1, 2, 3, 4], 2, forwardPass()],
  [`${prefix}.explainRows`]: () => [rows(), 2, forwardPass()],
  [`${prefix}.sample`]: () => [3, { seed: 1, threads: 1 }],
  [`${prefix}.toClassifier`]: () => [3, { frozen: true }],
});

const models = () => [classifier(), data()];

export const recipes = {
  dense: () => [3, { activation: 'relu', kernelInitializer: 'heNormal', maxNorm: 2 }],
  maxout: () => [3, { pieces: 2 }],
  activation: () => ['relu'],
  residual: () => [layers(), { projection: true }],
  sequential: () => [layers(), network()],
  multiOutput: () => [layers().slice(0, 1), heads(), network()],
  autoencoder: () => [{ ...code(), outputs: [{ columns: 3 }, { columns: 1, name: 'b' }] }],
  denoisingAutoencoder: () => [{ ...code(), corruption: { type: 'maskingNoise', rate: 0.2 } }],
  sparseAutoencoder: () => [{ ...code(), sparsity: { k: 1 } }],
  contractiveAutoencoder: () => [code()],
  variationalAutoencoder: () => [{ ...network(), hidden: [3], code: 2 }],
  stackedAutoencoder: () => [{ ...network(), layers: [3, 2] }],
  matrix: () => [new Uint8Array(24), 6, columns, { scale: 0.5, offset: 1 }],
  kFold: () => [
    6,
    { folds: 2, classes: labels(), groups: ['a', 'a', 'b', 'b', 'c', 'c'], seed: 1 },
  ],
  gainOf: () => [{ type: 'leakyRelu', slope: 0.1 }],
  load: () => ['model.safetensors'],
  readIdxFile: () => ['images.idx'],
  lsuv: () => [classifier(), rows(), { tolerance: 0.1, maxIterations: 2 }],
  gradientCheck: () => [...models(), { entries: 2, tolerance: 0.1, seed: 1, threads: 1 }],
  findLearningRate: () => [...models(), { from: 1e-4, to: 1, steps: 5, threads: 1 }],
  customLoss: () => [() => ({ loss: 0, gradient: [] })],
  'metrics.accuracy': () => [shares(), labels()],
  'metrics.classesOf': () => [shares()],
  'metrics.confusionMatrix': () => [labels(), labels(), 2],
  'metrics.precision': () => [labels(), labels(), { average: 'micro' }],
  'metrics.recall': () => [labels(), labels(), { class: 1 }],
  'metrics.f1': () => [labels(), labels(), {}],
  'metrics.topKAccuracy': () => [shares(), labels(), { k: 1 }],
  'metrics.rocAuc': () => [numbers(), labels()],
  'metrics.prAuc': () => [numbers(), labels()],
  'metrics.logLoss': () => [shares(), labels()],
  'metrics.meanAbsoluteError': () => [rows(), rows()],
  'metrics.rootMeanSquaredError': () => [rows(), rows()],
  'metrics.r2': () => [rows(), rows()],

  ...predicting('sequential'),
  'sequential.predictSync': () => [rows(), { output: new Float32Array(12) }],
  'sequential.fit': () => [data(), { ...training(), ...ofClasses() }],
  'sequential.evaluate': () => [data(), { loss: 'crossEntropy', metrics: ['f1'], batchSize: 2 }],
  ...predicting('multiOutput'),
  'multiOutput.fit': () => [
    { inputs: rows(), targets: { kind: labels(), size: numbers() } },
    { ...training(), outputs: { kind: ofClasses(), size: { loss: 'huber', weight: 0.5 } } },
  ],
  'multiOutput.evaluate': () => [
    { inputs: rows(), targets: { kind: labels(), size: numbers() } },
    { outputs: { size: { metrics: ['r2'] } } },
  ],
  ...autoencoding('autoencoder'),
  'detector.score': () => [rows(), forwardPass()],
  'detector.detect': () => [rows(), { columns: 2, explain: 'all', threads: 1 }],
  'detector.explain': () => [[1, 2, 3, 4], 2, forwardPass()],
  'detector.explainRows': () => [rows(), 2, forwardPass()],
  'detecting.detector': () => [
    rows(),
    { method: 'contamination', contamination: 0.1, errors: 'relative', threads: 1 },
  ],
  ...autoencoding('stacked'),
  ...autoencoding('variational'),
  'trainer.forward': () => [rows(), { training: true }],
  'trainer.backward': () => [shares()],
  'trainer.learningRate': () => [0.1],
  'run.then': () => [() => {}, () => {}],

  'search.float': () => [0.1, 1, { log: true }],
  'search.int': () => [1, 9, { step: 2 }],
  'search.choice': () => [['a', 'b']],
  'search.variants': () => [{ a: space(), b: {} }],
  'search.Study': () => [{ space: space(), direction: 'minimize', seed: 1, events: [] }],
  'search.SearchSpace': () => [space()],
  'search.search': () => [{ space: space(), objective: objective(), ...runs() }],
  'search.searchModel': () => [
    {
      ...{ space: space(), build: hasty, data: data(), crossValidation: 2 },
      ...{ fit: { epochs: 1, batchSize: 2 }, ...runs(), trials: 1 },
    },
  ],
  'search.openStudy': () => ['study.jsonl', { space: space(), seed: 1 }],
  'search.readStudy': () => ['study.jsonl'],
  'search.trialsAsCsv': () => [records()],
  'search.trialsAsJson': () => [records()],
  'search.trialsAsText': () => [records(), { limit: 2 }],
  'search.trialTable': () => [records()],
  'search.topTrials': () => [records(), 1],
  'search.parameterImportance': () => [records(), { trees: 4 }],
  'study.run': () => [objective(), runs()],
  'study.ask': () => [{ rate: 0.5 }],
  'study.report': () => [0, 2, 0.5],
  'study.tell': () => [0, { state: 'complete', value: 1 }],
  'study.setAttribute': () => [0, 'note', { a: [1] }],
  'study.trial': () => [0],
  'study.shouldPrune': () => [0],
  'study.valuesOf': () => [study().trials[0]],
  'openTrial.report': () => [1, 0.5],
  'openTrial.setAttribute': () => ['note', [1, 2]],
  'openTrial.complete': () => [0.5],
  'openTrial.fail': () => [new Error('x')],

  'course.random': () => [1],
  'course.digits': () => [3, { size: 7, test: true }],
  'course.lineChart': () => [
    {
      ...{ title: 'a', x: 'b', y: 'c', logarithmic: 'y', scattered: true },
      series: { one: numbers(), two: rows().map(([x, y]) => [x, y]) },
    },
  ],
  'course.histograms': () => [
    { title: 'a', columns: 'b', range: [-1, 1], rows: { one: [flat(), numbers()] } },
  ],
  'course.images': () => [{ title: 'a', rows: { one: matrix(flat(), 6, 4) }, weights: ['one'] }],
  'course.save': () => [{ title: 'a', content: '<g></g>', width: 10, height: 10 }, 'a.svg'],
};
