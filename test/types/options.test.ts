import { describe, expectTypeOf, test } from 'vitest';
import {
  type ActivationLayer,
  type ActivationName,
  type Autoencoder,
  activation,
  adam,
  autoencoder,
  batchNorm,
  binaryCrossEntropy,
  type CoreInfo,
  constant,
  crossEntropy,
  type DenseLayer,
  dense,
  type FitOptions,
  type History,
  type InitializerName,
  info,
  type LossSpec,
  load,
  type Matrix,
  type MetricName,
  type MultiOutput,
  multiOutput,
  type OptimizerName,
  type OptimizerSpec,
  progressBar,
  type RunListener,
  residual,
  type Sequential,
  type SupervisedData,
  sequential,
  sgd,
  type Trainer,
  type TrainingRun,
  type ValidationResult,
} from '../../lib/index.js';
import { type OutOfFold, type TableModel, tableModel } from '../../lib/tables/index.js';

/*
 * What the compiler must accept, infer and refuse. `npm run typecheck` is what proves these tests;
 * the functions are never called.
 */

declare const someString: string;
declare const anActivation: ActivationName;
declare const anInitializer: InitializerName;
declare const aMetric: MetricName;
declare const anOptimizer: OptimizerSpec;
declare const anOptimizerName: OptimizerName;
declare const aLoss: LossSpec;

const data = { inputs: [[1, 2]], targets: [0] };
const softmax = () =>
  sequential([dense(8, { activation: 'relu' }), dense(3, { activation: 'softmax' })], {
    inputSize: 2,
  });

describe('layers', () => {
  test('know their activation', () => {
    const layers = () => {
      expectTypeOf(dense(3)).toEqualTypeOf<DenseLayer<'linear'>>();
      expectTypeOf(dense(3, { bias: false })).toEqualTypeOf<DenseLayer<'linear'>>();
      expectTypeOf(dense(3, { activation: 'relu' })).toEqualTypeOf<DenseLayer<'relu'>>();
      expectTypeOf(dense(3, { activation: anActivation })).toEqualTypeOf<
        DenseLayer<ActivationName>
      >();
      expectTypeOf(dense(3, { activation: { type: 'leakyRelu', slope: 0.2 } })).toEqualTypeOf<
        DenseLayer<'leakyRelu'>
      >();
      expectTypeOf(activation({ type: 'softmax' })).toEqualTypeOf<ActivationLayer<'softmax'>>();
      dense(3, { kernelInitializer: 'heUniform', biasInitializer: constant({ value: 1 }) });
      dense(3, { kernelInitializer: anInitializer, biasInitializer: { type: 'zeros' } });
    };
    expectTypeOf(layers).toBeFunction();
  });

  test('refuse what does not exist', () => {
    const refused = () => {
      // @ts-expect-error a name that is not known
      dense(3, { activation: 'rele' });
      // @ts-expect-error a string that may be any
      dense(3, { activation: someString });
      // @ts-expect-error a string that may be any
      dense(3, { kernelInitializer: someString });
      // @ts-expect-error a parameter that is not known
      dense(3, { activation: { type: 'leakyRelu', slop: 0.2 } });
      // @ts-expect-error a parameter of another activation
      dense(3, { activation: { type: 'relu', slope: 0.2 } });
      // @ts-expect-error a parameter of another type
      dense(3, { activation: { type: 'leakyRelu', slope: '0.2' } });
      // @ts-expect-error an initializer that is not known
      dense(3, { kernelInitializer: 'heNorml' });
      // @ts-expect-error an option that is not known
      dense(3, { activaton: 'relu' });
      // @ts-expect-error the units are missing
      dense({ activation: 'relu' });
      // @ts-expect-error a name that is not known
      activation('sotmax');
      // @ts-expect-error an option that is not known
      batchNorm({ momentun: 0.1 });
      // @ts-expect-error the size of the input is missing
      sequential([dense(3)], {});
      // @ts-expect-error a type of layer that is not known
      sequential([{ type: 'dens', units: 3 }], { inputSize: 2 });
    };
    expectTypeOf(refused).toBeFunction();
  });
});

describe('a sequential model', () => {
  test('knows what it ends with', () => {
    const models = () => {
      const options = { inputSize: 2 };
      expectTypeOf(softmax()).toEqualTypeOf<Sequential<'softmax'>>();
      expectTypeOf(sequential([dense(3)], options)).toEqualTypeOf<Sequential<'linear'>>();
      expectTypeOf(sequential([dense(3), activation('sigmoid')], options)).toEqualTypeOf<
        Sequential<'sigmoid'>
      >();
      expectTypeOf(sequential([dense(3), batchNorm()], options)).toEqualTypeOf<
        Sequential<'linear'>
      >();
      expectTypeOf(
        sequential([dense(3), residual([dense(3, { activation: 'relu' })])], options),
      ).toEqualTypeOf<Sequential<'linear'>>();
      // @ts-expect-error no such initializer
      residual([dense(3)], { projection: true, projectionInitializer: 'glorot' });
      expectTypeOf(
        sequential([{ type: 'dense', units: 3, activation: 'tanh' }], options),
      ).toEqualTypeOf<Sequential<'tanh'>>();
      const layers: DenseLayer[] = [];
      expectTypeOf(sequential(layers, options)).toEqualTypeOf<Sequential<string>>();
      expectTypeOf(softmax()).toExtend<Sequential>();
    };
    expectTypeOf(models).toBeFunction();
  });

  test('infers the metrics of its results', async () => {
    const results = async () => {
      const run = softmax().fit(data, { metrics: ['accuracy', 'meanSquaredError'] });
      expectTypeOf(run).toEqualTypeOf<TrainingRun<'accuracy' | 'meanSquaredError'>>();
      const history = await run;
      expectTypeOf(history).toEqualTypeOf<History<'accuracy' | 'meanSquaredError'>>();
      expectTypeOf(history.stopReason).toEqualTypeOf<
        'completed' | 'stopped' | 'timeLimit' | 'stoppedEarly' | 'converged'
      >();
      for await (const event of run) {
        if (event.type === 'statistics' || event.type === 'warning') continue;
        expectTypeOf(event.metrics.accuracy).toEqualTypeOf<number>();
        // @ts-expect-error a metric that was not asked for
        event.metrics.meanAbsoluteError;
        // @ts-expect-error only epochs have a validation
        event.validation;
        if (event.type === 'epoch')
          expectTypeOf(event.validation?.loss).toEqualTypeOf<number | undefined>();
      }
      softmax().fit(data, {
        metrics: ['accuracy'],
        onEvent: (event) =>
          event.type === 'epoch' &&
          expectTypeOf(event.metrics).toEqualTypeOf<Readonly<Record<'accuracy', number>>>(),
        listeners: [
          progressBar(),
          (event) => event.type === 'epoch' && event.metrics.accuracy.toFixed(2),
          {
            onStart: ({ rows }) => rows.toFixed(),
            onEpoch: (event) =>
              expectTypeOf(event.metrics).toEqualTypeOf<Readonly<Record<'accuracy', number>>>(),
            onEpochs: async (events) =>
              events.map(({ validation }) => validation?.metrics.accuracy),
            onEnd: ({ stopReason }) => stopReason === 'completed',
          },
        ],
      });
      const ofAnyRun: RunListener = { onEpochs: (events) => events[0]?.metrics.loss?.toFixed() };
      softmax().fit(data, { listeners: [ofAnyRun], metrics: ['accuracy'] });
      softmax().fit(data, {
        // @ts-expect-error a metric that was not asked for
        listeners: [{ onEpoch: ({ metrics }) => metrics.accuracy }],
      });
      // @ts-expect-error no method of a listener
      softmax().fit(data, { listeners: [{ epoch: () => {} }] });
      expectTypeOf(softmax().fit(data)).toEqualTypeOf<TrainingRun<never>>();
      expectTypeOf(softmax().fit(data, { metrics: [aMetric] })).toEqualTypeOf<
        TrainingRun<MetricName>
      >();
      const { metrics } = await softmax().evaluate(data, { metrics: ['accuracy'] });
      expectTypeOf(metrics).toEqualTypeOf<Readonly<Record<'accuracy', number>>>();
      const more = await softmax().evaluate(data, {
        metrics: ['accuracy', { type: 'f1', average: 'micro' }, { type: 'topKAccuracy', k: 2 }],
      });
      expectTypeOf(more.metrics).toEqualTypeOf<
        Readonly<Record<'accuracy' | 'f1' | 'topKAccuracy', number>>
      >();
      expectTypeOf(await softmax().evaluate(data, { metrics: [{ type: 'r2' }] })).toEqualTypeOf<
        ValidationResult<'r2'>
      >();
      expectTypeOf(await softmax().predict([[1, 2]])).toEqualTypeOf<Matrix>();
    };
    expectTypeOf(results).toBeFunction();
  });

  test('knows which metrics the end of an epoch brings, and what can be monitored', () => {
    const monitored = async () => {
      const run = softmax().fit(data, {
        metrics: ['f1', { type: 'rocAuc', class: 1 }],
        validation: 0.2,
        monitor: 'validation.rocAuc',
        earlyStopping: { monitor: 'f1' },
      });
      for await (const event of run) {
        if (event.type === 'epoch') expectTypeOf(event.metrics.rocAuc).toEqualTypeOf<number>();
        if (event.type !== 'progress') continue;
        expectTypeOf(event.metrics).toEqualTypeOf<Readonly<Record<'f1', number>>>();
      }
      softmax().fit(data, { monitor: 'loss', earlyStopping: { monitor: 'validation.loss' } });
      // @ts-expect-error a metric that is not measured
      softmax().fit(data, { metrics: ['f1'], monitor: 'recall' });
      // @ts-expect-error a metric that is not measured
      softmax().fit(data, { metrics: ['f1'], earlyStopping: { monitor: 'validation.recall' } });
      // @ts-expect-error no such metric
      softmax().fit(data, { metrics: ['accuracy', 'f2'] });
      // @ts-expect-error no such metric
      softmax().fit(data, { metrics: [{ type: 'f2' }] });
      // @ts-expect-error a parameter of another metric
      softmax().fit(data, { metrics: [{ type: 'f1', k: 2 }] });
      // @ts-expect-error no such average
      softmax().fit(data, { metrics: [{ type: 'f1', average: 'weighted' }] });
    };
    expectTypeOf(monitored).toBeFunction();
  });

  test('accepts names and data', () => {
    const accepted = () => {
      const model = softmax();
      model.fit(data, { loss: 'crossEntropy', optimizer: 'adam' });
      model.fit(data, { loss: crossEntropy(), optimizer: adam({ learningRate: 0.1 }) });
      model.fit(data, {
        loss: { type: 'meanSquaredError' },
        optimizer: { type: 'sgd', momentum: 0.9 },
      });
      model.fit(data, { optimizer: anOptimizer });
      model.fit(data, { optimizer: anOptimizerName });
      const options = { epochs: 3, optimizer: anOptimizer };
      model.fit(data, { ...options, metrics: ['accuracy'] });
      model.fit({ inputs: new Float32Array(2), targets: ['a'], classes: ['a', 'b', 'c'] });
      model.fit(data, { validation: 0.1 });
      model.fit(data, { validation: { data } });
      const ofAnyEnd: Sequential = model;
      ofAnyEnd.fit(data, { loss: aLoss });
    };
    expectTypeOf(accepted).toBeFunction();
  });

  test('refuses options that do not exist or do not fit', () => {
    const refused = () => {
      const model = softmax();
      // @ts-expect-error an option that is not known
      model.fit(data, { epoch: 5 });
      // @ts-expect-error an option that is not known, beside one that is
      model.fit(data, { metrics: ['accuracy'], epoch: 5 });
      // @ts-expect-error a metric that is not known
      model.fit(data, { metrics: ['acuracy'] });
      // @ts-expect-error a loss that is not known
      model.fit(data, { loss: 'crossEntropi' });
      // @ts-expect-error a loss for another end
      model.fit(data, { loss: 'binaryCrossEntropy' });
      // @ts-expect-error a loss for another end, as data
      model.fit(data, { loss: binaryCrossEntropy() });
      // @ts-expect-error an optimizer that is not known
      model.fit(data, { optimizer: 'adma' });
      // @ts-expect-error a string that may be any
      model.fit(data, { loss: someString });
      // @ts-expect-error a string that may be any
      model.fit(data, { optimizer: someString });
      // @ts-expect-error a string that may be any
      model.fit(data, { metrics: [someString] });
      // @ts-expect-error a parameter that is not known
      model.fit(data, { optimizer: adam({ learningRat: 1 }) });
      // @ts-expect-error a parameter of another optimizer
      model.fit(data, { optimizer: { type: 'sgd', beta1: 0.9 } });
      // @ts-expect-error a parameter of another type
      sgd({ nesterov: 1 });
      // @ts-expect-error data of another kind for the validation
      model.fit(data, { validation: { data: [[1, 2]] } });
      // @ts-expect-error the targets are missing
      model.fit({ inputs: [[1, 2]] });
      // @ts-expect-error a loss for another end
      model.evaluate(data, { loss: 'binaryCrossEntropy' });
      // @ts-expect-error specs are read-only
      model.spec.seed = 3;
    };
    expectTypeOf(refused).toBeFunction();
  });
});

describe('a trainer', () => {
  test('takes the options of a loop by hand', () => {
    const trainers = () => {
      expectTypeOf(softmax().trainer()).toEqualTypeOf<Trainer>();
      softmax().trainer({ optimizer: adam({ learningRate: 0.1 }), batchSize: 8 });
      softmax().trainer({ optimizer: { type: 'sgd', momentum: 0.9 }, inputGradient: true });
      // @ts-expect-error an optimizer that is not known
      softmax().trainer({ optimizer: 'adma' });
      // @ts-expect-error an optimizer that makes no single steps
      softmax().trainer({ optimizer: 'lbfgs' });
      // @ts-expect-error an option that is not known
      softmax().trainer({ epochs: 3 });
    };
    expectTypeOf(trainers).toBeFunction();
  });
});

describe('an autoencoder', () => {
  test('knows what it ends with', () => {
    const models = () => {
      expectTypeOf(autoencoder({ inputSize: 3, code: 1 })).toEqualTypeOf<Autoencoder<'linear'>>();
      const model = autoencoder({ inputSize: 3, code: 1, outputActivation: 'sigmoid' });
      expectTypeOf(model).toEqualTypeOf<Autoencoder<'sigmoid'>>();
      model.fit([[1, 2, 3]], { loss: 'binaryCrossEntropy', validation: { data: [[1, 2, 3]] } });
      // @ts-expect-error a loss for another end
      autoencoder({ inputSize: 3, code: 1 }).fit([[1, 2, 3]], { loss: 'binaryCrossEntropy' });
      // @ts-expect-error a name that is not known
      autoencoder({ inputSize: 3, code: 1, activation: 'rele' });
      // @ts-expect-error an option that is not known
      autoencoder({ inputSize: 3, code: 1, loss: 'meanSquaredError' });
    };
    expectTypeOf(models).toBeFunction();
  });

  test('gives single errors only when they are asked for', () => {
    const results = async () => {
      const model = autoencoder({ inputSize: 3, code: 1 });
      const plain = await model.reconstructionErrors([[1, 2, 3]]);
      // @ts-expect-error they were not asked for
      plain.values;
      const full = await model.reconstructionErrors([[1, 2, 3]], { matrix: true });
      expectTypeOf(full.values).toEqualTypeOf<Float32Array<ArrayBuffer>>();
    };
    expectTypeOf(results).toBeFunction();
  });
});

describe('the options of calls', () => {
  test('have types that can be named without arguments', () => {
    const options: FitOptions = { epochs: 2, validation: { data: { inputs: [], targets: [] } } };
    expectTypeOf(options).toExtend<FitOptions<SupervisedData>>();
  });

  test('take shared memory for the outputs of rows, and say so', () => {
    const calls = (model: Sequential, own: Float32Array<ArrayBuffer>) => {
      const shared = new Float32Array(new SharedArrayBuffer(4));
      const filled = model.predictSync([[1]], { output: shared });
      expectTypeOf(filled.values).toEqualTypeOf<Float32Array<SharedArrayBuffer>>();
      const plain = model.predictSync([[1]], { output: own });
      expectTypeOf(plain).toEqualTypeOf<Matrix>();
      expectTypeOf(model.predictSync([[1]])).toEqualTypeOf<Matrix>();
      // @ts-expect-error numbers of another kind
      model.predictSync([[1]], { output: new Float64Array(1) });
    };
    expectTypeOf(calls).toBeFunction();
  });
});

describe('a model of a table', () => {
  test('says which network an event is of, and what several are worth', () => {
    const calls = async () => {
      const model = tableModel({ target: 'power', members: 3, preset: 'best' });
      const run = model.fit('pumps.csv', {
        metrics: ['r2'],
        onEvent: ({ member, members }) => expectTypeOf([member, members]).toEqualTypeOf<number[]>(),
        listeners: [{ onEpoch: ({ member }) => expectTypeOf(member).toEqualTypeOf<number>() }],
      });
      for await (const event of run) {
        if (event.type === 'epoch') expectTypeOf(event.metrics.r2).toEqualTypeOf<number>();
      }
      const { epochs, members, outOfFold } = await run;
      expectTypeOf(epochs[0]?.metrics.r2).toEqualTypeOf<number | undefined>();
      expectTypeOf(members[0].epochs).toEqualTypeOf(epochs);
      expectTypeOf(outOfFold).toEqualTypeOf<OutOfFold | null>();
      // @ts-expect-error there is no such preset
      tableModel({ target: 'power', preset: 'good' });
    };
    expectTypeOf(calls).toBeFunction();
  });
});

describe('the rest', () => {
  test('is typed', () => {
    const rest = async () => {
      const model = await load('m.safetensors');
      if (model.kind === 'autoencoder') expectTypeOf(model).toEqualTypeOf<Autoencoder>();
      else if (model.kind === 'multiOutput') expectTypeOf(model).toEqualTypeOf<MultiOutput>();
      else if (model.kind === 'table') expectTypeOf(model).toEqualTypeOf<TableModel>();
      else expectTypeOf(model).toEqualTypeOf<Sequential>();
      expectTypeOf(info()).toEqualTypeOf<CoreInfo>();
      interface Schema {
        columns: string[];
      }
      const schema: Schema = { columns: [] };
      model.annotations = schema;
      model.annotations = { schema };
    };
    expectTypeOf(rest).toBeFunction();
  });
});

describe('a network of several outputs', () => {
  const model = () =>
    multiOutput(
      [dense(8)],
      {
        kind: dense(3, { activation: 'softmax' }),
        size: [dense(4, { activation: 'relu' }), dense(1)],
      },
      { inputSize: 2 },
    );
  const several = { inputs: [[1, 2]], targets: { kind: [0], size: [0.5] } };

  test('knows its outputs by name', () => {
    const use = async () => {
      const known: MultiOutput<{ kind: 'softmax'; size: 'linear' }> = model();
      expectTypeOf(known.predictSync).returns.toHaveProperty('size');
      const { kind } = await model().predict([[1, 2]]);
      expectTypeOf(kind).toEqualTypeOf<Matrix>();
      const history = await model().fit(several, {
        optimizer: 'adam',
        monitor: 'kind.accuracy',
        outputs: {
          kind: { loss: 'crossEntropy', metrics: ['accuracy'], weight: 2 },
          size: { loss: { type: 'huber', delta: 0.5 } },
        },
        onEvent: (event) => event.type === 'epoch' && event.outputs.size.loss,
        listeners: [progressBar(), { onEpoch: ({ outputs }) => outputs.size.loss }],
      });
      expectTypeOf(history.epochs[0]?.outputs.size.loss).toEqualTypeOf<number | undefined>();
      const { outputs } = await model().evaluate(several);
      expectTypeOf(outputs.kind.metrics).toEqualTypeOf<Readonly<Record<string, number>>>();
    };
    expectTypeOf(use).toBeFunction();
  });

  test('refuses what they have not, and losses of another end', () => {
    const use = () => {
      // @ts-expect-error there is no such output
      model().fit(several, { outputs: { sort: {} } });
      // @ts-expect-error this output ends with softmax
      model().fit(several, { outputs: { kind: { loss: 'binaryCrossEntropy' } } });
      // @ts-expect-error there are no targets for size
      model().fit({ inputs: [[1, 2]], targets: { kind: [0] } });
      // @ts-expect-error the loss is that of an output
      model().fit(several, { loss: 'huber' });
      // @ts-expect-error there is no such optimizer
      model().fit(several, { optimizer: 'adan' });
    };
    expectTypeOf(use).toBeFunction();
  });
});
