import { runInThisContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { foreignOptions, foreignRows, type Place } from '../lib/foreignNames.js';
import * as layerwise from '../lib/index.js';
import { foreignMethods } from '../lib/model/foreignMethods.js';
import {
  activationTable,
  initializerTable,
  lossTable,
  metricTable,
  optimizerTable,
  scheduleTable,
} from '../lib/network/generated.js';
import { layerNames } from '../lib/network/layers/index.js';
import { float, search } from '../lib/search/index.js';

/* What other libraries call otherwise is answered with our name for it, at the place where it was found. */

const { activation, autoencoder, batchNorm, dense, dropout, sequential } = layerwise;

const classifier = () =>
  sequential([dense(2, { activation: 'softmax' })], { inputSize: 2, seed: 1 });
const rows = Array.from({ length: 10 }, (_, row) => [row % 2, row / 10]);
const classes = rows.map(([first = 0]) => first);

/** Calls what takes the options of a place; TypeScript refuses most of what is given here. */
const callers: Readonly<Record<Place, (options: never) => unknown>> = {
  fit: (options) =>
    classifier().fit({ inputs: rows, targets: classes }, { epochs: 1, ...(options as object) }),
  data: (data) => classifier().fit(data, { epochs: 1 }),
  network: (options) => sequential([dense(1)], options),
  layer: (options) => sequential([dense(3, options)], { inputSize: 2 }),
  layers: (layer) => sequential([layer], { inputSize: 2 }),
  optimizer: (options) =>
    callers.fit({ optimizer: { type: 'adam', ...(options as object) } } as never),
  activation: (data) => sequential([activation(data)], { inputSize: 2 }),
  initializer: (data) => sequential([dense(2, { kernelInitializer: data })], { inputSize: 2 }),
  dropout: (options) => sequential([dropout(options)], { inputSize: 2 }),
  batchNorm: (options) => sequential([batchNorm(options)], { inputSize: 2 }),
  autoencoder: (options) => autoencoder(options),
  search: (options) =>
    search({
      space: { rate: float(0, 1) },
      trials: 1,
      objective: () => 1,
      ...(options as object),
    } as never),
};

/** What an example stands for, with the names of the package and some data in scope. */
function evaluate(example: string): object {
  const scope = { ...layerwise, float, inputs: rows.slice(0, 4), targets: classes.slice(0, 4) };
  const names = Object.keys(scope);
  return runInThisContext(`(function ({ ${names.join(', ')} }) { return (${example}); })`)(scope);
}

async function messageOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return String(error);
  }
  return 'nothing was thrown';
}

/** As written in Python and, where that differs, in JavaScript. */
function spellings(name: string): readonly string[] {
  const camelCase = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camelCase === name ? [name] : [name, camelCase];
}

describe('an option of another library', () => {
  test.each(foreignOptions)('is taken as the example says: $place, $example', async (row) => {
    const { place, option, example } = row;
    expect(example).toContain(option);
    const value = evaluate(example);
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await callers[place](value as never);
    log.mockRestore();
  });

  const names = foreignOptions.flatMap((row) =>
    row.names
      .flatMap(spellings)
      .filter((name) => name !== row.option)
      .map((name) => ({ ...row, name })),
  );

  test.each(names)('is answered: $name, $place', async ({ name, place, option, example }) => {
    // Layers are written in a list; what others give as an option is found among those of the network.
    const at = place === 'layers' ? 'network' : place;
    const type = /type: '(\w+)'/.exec(example)?.[1];
    const given = { ...(type !== undefined && { type }), [name]: 1 };
    const message = await messageOf(() => callers[at](given as never));
    expect(message).toContain(`${name}: `);
    expect(message).toContain(`layerwise calls this \`${option}\``);
    expect(message).toMatch(new RegExp(`\`${option}\`.*: .*${option}`, 's'));
  });

  test('is answered with its place where it is looked for elsewhere', async () => {
    const inLayer = await messageOf(() =>
      sequential([dense(3, { lr: 0.1 } as never)], { inputSize: 2 }),
    );
    expect(inLayer).toContain(
      'layerwise calls this `optimizer`, an option of fit: { optimizer: adam({ learningRate: 0.01 }) }.',
    );
  });

  test('is answered where it is ours but for the underscores', async () => {
    const message = await messageOf(() => callers.fit({ decay_biases: false } as never));
    expect(message).toContain('layerwise calls this `decayBiases`.');
  });

  test('is no more than a slip in another case', async () => {
    const message = await messageOf(() => callers.fit({ batchsize: 2 } as never));
    expect(message).toContain("Did you mean 'batchSize'?");
  });

  test('is no name of all objects, and not as long as a book', async () => {
    expect(await messageOf(() => callers.fit({ toString: 1 } as never))).toContain('Remove it.');
    const long = 'batch_size'.repeat(1e5);
    expect(await messageOf(() => callers.fit({ [long]: 1 } as never))).toContain('Remove it.');
  });
});

describe('a name of another library', () => {
  const tables = {
    loss: lossTable.map(({ name }) => name),
    metric: metricTable.map(({ name }) => name),
    optimizer: optimizerTable.map(({ name }) => name),
    schedule: scheduleTable.map(({ name }) => name),
    activation: activationTable.map(({ name }) => name),
    initializer: initializerTable.flatMap(({ name, alias }) => (alias ? [name, alias] : [name])),
    layer: layerNames,
  } as const;
  type Kind = keyof typeof tables;

  const use: Readonly<Record<Kind, (name: never) => unknown>> = {
    loss: (name) => callers.fit({ loss: name } as never),
    metric: (name) => callers.fit({ metrics: [name] } as never),
    optimizer: (name) => callers.fit({ optimizer: name } as never),
    schedule: (name) => callers.fit({ schedule: name } as never),
    activation: (name) => callers.layer({ activation: name } as never),
    initializer: (name) => callers.layer({ kernelInitializer: name } as never),
    layer: (name) => sequential([{ type: name } as never], { inputSize: 2 }),
  };

  const synonyms = (Object.keys(tables) as Kind[]).flatMap((kind) =>
    (foreignRows[kind] ?? []).flatMap(([names, ours]) =>
      names.map((name) => [kind, name, ours] as const),
    ),
  );

  test('has a row for each kind', () => {
    expect(Object.keys(foreignRows).toSorted()).toEqual(Object.keys(tables).toSorted());
  });

  test.each(synonyms)('is answered: %s %s', async (kind, name, ours) => {
    expect(tables[kind]).toContain(ours);
    expect(await messageOf(() => use[kind](name as never))).toContain(
      `layerwise calls this '${ours}'.`,
    );
  });

  const otherwiseWritten = (Object.keys(tables) as Kind[]).flatMap((kind) =>
    tables[kind].flatMap((name) => {
      const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const capital = name.charAt(0).toUpperCase() + name.slice(1);
      return [...new Set([snake, capital, name.toUpperCase()])]
        .filter((other) => other !== name)
        .map((other) => [kind, other, name] as const);
    }),
  );

  test.each(otherwiseWritten)(
    'is answered as it is written there: %s %s',
    async (kind, other, name) => {
      expect(await messageOf(() => use[kind](other as never))).toContain(
        `layerwise calls this '${name}'.`,
      );
    },
  );

  test.each([
    ['val_loss', { validation: 0.2 }, "layerwise calls this 'validation.loss'."],
    ['val_acc', { validation: 0.2, metrics: ['accuracy'] }, "calls this 'validation.accuracy'."],
    ['acc', { metrics: ['accuracy'] }, "layerwise calls this 'accuracy'."],
    ['val_loss', {}, "layerwise calls this 'validation.loss'. Give `validation: 0.1`, say"],
    ['val_f1', { validation: 0.2, metrics: ['accuracy'] }, 'Name the metric in `metrics`'],
  ])('is answered where epochs are judged: %s, %o', async (monitor, options, answer) => {
    const message = await messageOf(() =>
      callers.fit({ ...options, earlyStopping: { monitor } } as never),
    );
    expect(message).toContain(answer);
  });
});

describe('a call as of another library', () => {
  const data = { inputs: rows, targets: classes };
  const X = rows as never;
  const y = classes as never;
  const detector = () => autoencoder({ inputSize: 2, code: 1 });

  test.each([
    [() => classifier().fit(X, y), 'Write model.fit({ inputs, targets }, options).'],
    [
      () => classifier().fit(X, new Float32Array(10) as never),
      'Write model.fit({ inputs, targets }',
    ],
    [() => classifier().evaluate(X, y), 'Write model.evaluate({ inputs, targets }, options).'],
    [() => detector().fit(X, X), 'Write model.fit(inputs, options).'],
    [() => layerwise.gradientCheck(classifier(), X, y), 'Write gradientCheck(model, { inputs,'],
    [
      () => layerwise.findLearningRate(classifier(), X, y),
      'Write findLearningRate(model, { inputs,',
    ],
    [
      () => classifier().fit(X),
      'data: expected an object with inputs and targets, received an array',
    ],
    [() => classifier().fit(X), 'Write { inputs, targets }.'],
    [
      () => classifier().fit(data, { validation: [X, y] } as never),
      'Write { data: { inputs, targets } }',
    ],
    [() => callers.fit({ earlyStopping: true } as never), 'Write { patience: 10 }, say.'],
    [
      () => sequential([dense(1)], undefined as never),
      'Write { inputSize: 4 } behind the layers, say.',
    ],
    [
      () => sequential([dense({ units: 3 } as never)], { inputSize: 2 }),
      "layers[0].units: expected an integer, 1 to 16777216, received an object with units. Write dense(64, { activation: 'relu' })",
    ],
  ])('is answered: %s', async (call, answer) => {
    const message = await messageOf(call);
    expect(message).toMatch(/^ArgumentError/);
    expect(message).toContain(answer);
  });

  /** Keras's name in JavaScript, and ours. */
  const isOurs = (name: string) => name === 'loadWeights';

  test.each(
    Object.keys(foreignMethods)
      .flatMap(spellings)
      .filter((name) => !isOurs(name)),
  )('is answered: model.%s()', async (name) => {
    const model = classifier() as unknown as Record<string, () => unknown>;
    const message = await messageOf(() => model[name]?.());
    expect(message).toMatch(/^ArgumentError.*received one of another library\. Here, .*\.$/s);
  });

  test('leaves the methods that a model has', async () => {
    const model = detector();
    expect(await model.score(rows)).toHaveLength(10);
    const message = await messageOf(() => model.loadWeights('none.safetensors'));
    expect(message).toContain('none.safetensors: expected a file that can be read');
  });

  test('is seen by nobody who lists the members of a model', () => {
    const members = [];
    for (const key in classifier()) members.push(key);
    expect(members).not.toContain('compile');
    expect(Object.keys(Object.getPrototypeOf(classifier()))).toEqual([]);
  });
});
