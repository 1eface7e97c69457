import { truncate } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  autoencoder,
  DataError,
  dense,
  FileFormatError,
  fileRows,
  matrix,
  sequential,
} from '../../lib/index.js';
import { npyOf, safetensorsOf, temporaryFolder } from '../data/numberFiles.js';

const { write } = await temporaryFolder();
const [rows, columns] = [500, 7];
const values = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * i));
const bytes = Uint8Array.from({ length: rows * columns }, (_, i) => (i * i) % 251);
const classes = Int32Array.from({ length: rows }, (_, row) => (row * 7) % 3);
const numbers = Float64Array.from({ length: rows * 2 }, (_, i) => Math.cos(i));
const weights = Float32Array.from({ length: rows }, (_, row) => (row % 4) / 2);

const tensors = {
  values: { values, shape: [rows, columns] },
  doubles: { values: Float64Array.from(values), shape: [rows, columns] },
  bytes: { values: bytes, shape: [rows, columns] },
  classes: { values: BigInt64Array.from(classes, BigInt), shape: [rows] },
  integers: { values: classes, shape: [rows, 1] },
  numbers: { values: numbers, shape: [rows, 2] },
  weights: { values: weights, shape: [rows] },
};
const path = await write('rows.safetensors', safetensorsOf(tensors));
/** A buffer that holds a few batches. */
const open = (tensor: keyof typeof tensors, options: object = {}) =>
  fileRows(path, { tensor, memory: 2 ** 16, ...options });

const classifier = () =>
  sequential([dense(8, { activation: 'tanh' }), dense(3, { activation: 'softmax' })], {
    inputSize: columns,
    seed: 3,
  });
const regressor = () => sequential([dense(4), dense(2)], { inputSize: columns });

type Trained = { readonly parameters: readonly { readonly name: string }[] } & {
  getParameter(name: string): Float32Array;
};
const parametersOf = (model: Trained) =>
  model.parameters.map(({ name }) => model.getParameter(name));

describe('rows in files train as those in memory, to the bit', () => {
  test('with classes and weights, a split that keeps the shares of classes, and any threads', async () => {
    const [ofMemory, ofFile] = [classifier(), classifier()];
    const options = {
      epochs: 3,
      batchSize: 16,
      validation: { split: 0.2 },
      metrics: ['accuracy'],
      seed: 4,
    } as const;
    const expected = await ofMemory.fit(
      { inputs: matrix(values, rows, columns), targets: classes, weights },
      { ...options, threads: 1 },
    );
    const history = await ofFile.fit(
      {
        inputs: await open('values'),
        targets: await open('classes'),
        weights: await open('weights'),
      },
      { ...options, threads: 3 },
    );
    expect(parametersOf(ofFile)).toEqual(parametersOf(ofMemory));
    const results = (of: typeof history) =>
      of.epochs.map(({ loss, validation }) => [loss, validation]);
    expect(results(history)).toEqual(results(expected));
  });

  test('as bytes with a scale, and as doubles', async () => {
    const scaling = { scale: 1 / 255, offset: -0.5 };
    const kinds = [
      [matrix(bytes, rows, columns, scaling), await open('bytes', scaling)],
      [tensors.doubles.values, await open('doubles')],
      [matrix(tensors.doubles.values, rows, columns, scaling), await open('doubles', scaling)],
      [matrix(values, rows, columns, scaling), await open('values', scaling)],
    ] as const;
    for (const [inMemory, inFile] of kinds) {
      const [ofMemory, ofFile] = [regressor(), regressor()];
      const targets = matrix(numbers, rows, 2);
      const options = { epochs: 2, batchSize: 33, loss: 'meanSquaredError' } as const;
      await ofMemory.fit({ inputs: inMemory, targets }, options);
      await ofFile.fit({ inputs: inFile, targets: await open('numbers') }, options);
      expect(parametersOf(ofFile)).toEqual(parametersOf(ofMemory));
    }
  });

  test('by L-BFGS, in the order of the file, and beside rows for validation in another one', async () => {
    const inputs = await open('values');
    const targets = await open('integers');
    const held = await fileRows(await write('held.npy', npyOf(values.slice(0, 70), [10, 7])));
    const data = { inputs: values, targets: classes };
    for (const optimizer of ['lbfgs', 'adam'] as const) {
      const [ofMemory, ofFile] = [classifier(), classifier()];
      const options = { epochs: 2, optimizer, shuffle: false, batchSize: 32 };
      const validation = { data: { inputs: values.slice(0, 70), targets: classes.slice(0, 10) } };
      const expected = await ofMemory.fit(data, { ...options, validation });
      const history = await ofFile.fit(
        { inputs, targets },
        { ...options, validation: { data: { inputs: held, targets: classes.slice(0, 10) } } },
      );
      expect(parametersOf(ofFile)).toEqual(parametersOf(ofMemory));
      expect(history.epochs[1]?.validation).toEqual(expected.epochs[1]?.validation);
    }
  });

  test('and are evaluated and predicted as those in memory', async () => {
    const model = classifier();
    const inputs = await open('values');
    expect(await model.evaluate({ inputs, targets: await open('classes') })).toEqual(
      await model.evaluate({ inputs: values, targets: classes }),
    );
    expect(await model.predict(inputs)).toEqual(await model.predict(values));
    const large = new Float32Array(40_000 * columns).map((_, i) => Math.sin(i));
    const file = await fileRows(await write('large.npy', npyOf(large, [40_000, columns])));
    expect(await model.predict(file)).toEqual(await model.predict(large));
  });

  test('in an autoencoder, whose targets they are, with and without bounds', async () => {
    const make = () =>
      autoencoder({ inputSize: columns, hidden: [5], code: 2, outputActivation: 'sigmoid' });
    const scaling = { scale: 1 / 255 };
    const [ofMemory, ofFile] = [make(), make()];
    const options = { epochs: 2, loss: 'binaryCrossEntropy' } as const;
    await ofMemory.fit(matrix(bytes, rows, columns, scaling), options);
    await ofFile.fit(await open('bytes', scaling), options);
    expect(parametersOf(ofFile)).toEqual(parametersOf(ofMemory));
    const run = make().fit(await open('values'), options);
    await expect(run).rejects.toThrow('a number between 0 and 1');
  });
});

describe('rows in files that cannot be trained on', () => {
  test('are named: what is not finite, wherever it comes up', async () => {
    const wrong = values.slice();
    wrong[213 * columns + 4] = Number.POSITIVE_INFINITY;
    const inputs = await fileRows(await write('wrong.npy', npyOf(wrong, [rows, columns])));
    const run = classifier().fit({ inputs, targets: classes });
    await expect(run).rejects.toThrow('inputs[213][4]: expected a finite number');
    await expect(run).rejects.toThrow(DataError);
    const data = { inputs, targets: classes };
    const validating = classifier().fit(
      { inputs: values, targets: classes },
      { validation: { data } },
    );
    await expect(validating).rejects.toThrow('validation.data.inputs[213][4]');
    await expect(classifier().predict(inputs)).rejects.toThrow('inputs[213][4]');
  });

  test('are an error when their file changes, also while it is trained on', async () => {
    const copy = await write('copy.npy', npyOf(values, [rows, columns]));
    const inputs = await fileRows(copy, { memory: 2 ** 16 });
    const run = classifier().fit({ inputs, targets: classes }, { epochs: 1_000_000 });
    for await (const event of run) {
      if (event.type === 'epoch') break;
    }
    await truncate(copy, 1000);
    await expect(run).rejects.toThrow(FileFormatError);
    await expect(run).rejects.toThrow(copy);
    await expect(classifier().fit({ inputs, targets: classes })).rejects.toThrow(
      'received 1000 bytes',
    );
    await expect(classifier().predict(inputs)).rejects.toThrow(FileFormatError);
  });

  test('are refused where nobody can wait for them', async () => {
    const inputs = await open('values');
    expect(() => classifier().predictSync(inputs)).toThrow(ArgumentError);
    expect(() => classifier().predictSync(inputs)).toThrow('rows in a file');
    expect(() => regressor().trainer().forward(inputs)).toThrow('rows in a file');
  });

  test('are refused where their shape does not fit', async () => {
    const inputs = await open('values');
    const learning = (targets: Awaited<ReturnType<typeof open>>) =>
      classifier().fit({ inputs, targets });
    const short = await fileRows(await write('short.npy', npyOf(classes.slice(1), [rows - 1])));
    await expect(learning(short)).rejects.toThrow(`${rows} targets`);
    await expect(learning(await open('numbers'))).rejects.toThrow('columns');
    const wide = classifier().fit({ inputs: await open('numbers'), targets: classes });
    await expect(wide).rejects.toThrow('7 columns');
    const wrong = await fileRows(
      await write('bad.npy', npyOf(new Int32Array(rows).fill(3), [rows])),
    );
    await expect(learning(wrong)).rejects.toThrow('targets[0]: expected a class');
    const weighted = classifier().fit({ inputs, targets: classes, weights: short });
    await expect(weighted).rejects.toThrow(`${rows} weights`);
  });
});
