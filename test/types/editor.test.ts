import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import {
  activationTable,
  initializerTable,
  lossTable,
  metricTable,
  optimizerTable,
  scheduleTable,
} from '../../lib/network/generated.js';

/*
 * What an editor offers while somebody types, and what it shows for a misspelt name: asked of the language
 * service of TypeScript, as editors do, of the sources and of the declarations that are published.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

const beginning = `
  import * as lw from 'layerwise';
  import { searchModel, type RunningTrial } from 'layerwise/search';
  declare const data: lw.SupervisedData;
  declare const rows: lw.Matrix;
  declare const anyModel: lw.Sequential;
  declare const trial: RunningTrial;
  const regressor = lw.sequential([lw.dense(1)], { inputSize: 2 });
  const classifier = lw.sequential([lw.dense(3, { activation: 'softmax' })], { inputSize: 2 });
  const detector = lw.autoencoder({ inputSize: 3, code: 1, outputActivation: 'sigmoid' });
  const several = lw.multiOutput([], {
    kind: lw.dense(3, { activation: { type: 'softmax' } }),
    size: [lw.dense(1)],
  }, { inputSize: 2 });
  const mixed = lw.autoencoder({ inputSize: 3, code: 1, outputs: [{ columns: 3 }] });
`;

const typesOf = (table: readonly { readonly name: string }[]) => table.map(({ name }) => name);
const namesOf = (table: readonly { readonly name: string; readonly alias?: string | null }[]) =>
  table.flatMap(({ name, alias }) => (alias ? [name, alias] : [name]));

const activations = namesOf(activationTable);
const initializers = namesOf(initializerTable);
const losses = namesOf(lossTable);
const metrics = namesOf(metricTable);
const optimizers = namesOf(optimizerTable);
const schedules = namesOf(scheduleTable);
const lossesFor = (end: string) =>
  typesOf(lossTable.filter(({ output }) => output === null || output === end));
const monitored = (...names: readonly string[]) =>
  ['loss', ...names].flatMap((name) => [name, `validation.${name}`]);

const metricsOf = (...outputs: readonly string[]) =>
  outputs.flatMap((output) => metrics.map((metric) => `${output}.${metric}`));

/** Places of options, each with a `|` where the cursor stands, and what is offered there. */
const places: readonly (readonly [code: string, offered: readonly string[]])[] = [
  ["lw.dense(3, { activation: '|' })", activations],
  ["lw.dense(3, { activation: 're|' })", activations],
  ["lw.dense(3, { activation: 'relu|' })", activations],
  ["lw.dense(3, { bias: false, activation: { type: '|' } })", typesOf(activationTable)],
  ["lw.dense(3, { kernelInitializer: '|' })", initializers],
  ["lw.dense(3, { biasInitializer: '|' })", initializers],
  ["lw.dense(3, { activation: 'relu', biasInitializer: 'ze|' })", initializers],
  ["lw.maxout(3, { kernelInitializer: '|' })", initializers],
  ["lw.maxout(3, { biasInitializer: '|' })", initializers],
  ["lw.embedding({ columns: [], initializer: '|' })", initializers],
  ["lw.residual([], { projectionInitializer: '|' })", initializers],
  ["lw.activation('|')", activations],
  ["lw.gainOf('|')", activations],
  ["classifier.fit(data, { loss: '|' })", lossesFor('softmax')],
  ["classifier.fit(data, { loss: { type: '|' } })", lossesFor('softmax')],
  ["regressor.fit(data, { loss: '|' })", lossesFor('linear')],
  ["anyModel.fit(data, { loss: '|' })", losses],
  ["classifier.fit(data, { optimizer: '|' })", optimizers],
  ["classifier.fit(data, { optimizer: { type: '|' } })", optimizers],
  ["classifier.fit(data, { optimizer: 'adam', schedule: '|' })", schedules],
  ["classifier.fit(data, { metrics: ['|'] })", metrics],
  ["classifier.fit(data, { metrics: ['accuracy', '|'] })", metrics],
  ["classifier.fit(data, { metrics: [{ type: '|' }] })", metrics],
  ["classifier.fit(data, { monitor: '|' })", monitored()],
  [
    "classifier.fit(data, { metrics: ['f1', { type: 'r2' }], monitor: '|' })",
    monitored('f1', 'r2'),
  ],
  ["classifier.fit(data, { metrics: ['f1'], earlyStopping: { monitor: '|' } })", monitored('f1')],
  ["classifier.fit(data, { precision: '|' })", ['float32', 'bf16']],
  ["classifier.evaluate(data, { loss: '|' })", lossesFor('softmax')],
  ["classifier.evaluate(data, { metrics: ['|'] })", metrics],
  ["classifier.trainer({ optimizer: '|' })", optimizers.filter((name) => name !== 'lbfgs')],
  ["lw.findLearningRate(classifier, data, { loss: '|' })", losses],
  ["lw.gradientCheck(classifier, data, { loss: '|' })", losses],
  ["lw.autoencoder({ inputSize: 3, code: 1, activation: '|' })", activations],
  ["lw.autoencoder({ inputSize: 3, code: 1, codeActivation: '|' })", activations],
  ["lw.autoencoder({ inputSize: 3, code: 1, outputActivation: '|' })", activations],
  [
    "lw.autoencoder({ inputSize: 3, code: 1, outputs: [{ columns: 3, activation: '|' }] })",
    activations,
  ],
  ["lw.denoisingAutoencoder({ inputSize: 3, code: 1, outputActivation: '|' })", activations],
  ["lw.sparseAutoencoder({ inputSize: 3, code: 1, codeActivation: '|' })", activations],
  ["lw.stackedAutoencoder({ inputSize: 3, layers: [1], activation: '|' })", activations],
  ["lw.contractiveAutoencoder({ inputSize: 3, code: 1, outputActivation: '|' })", activations],
  ["lw.variationalAutoencoder({ inputSize: 3, code: 1, outputActivation: '|' })", activations],
  ["detector.fit(rows, { loss: '|' })", lossesFor('sigmoid')],
  ["detector.fit(rows, { metrics: ['|'] })", metrics],
  ["detector.evaluate(rows, { loss: '|' })", lossesFor('sigmoid')],
  ["detector.pretrain(rows, { optimizer: '|' })", optimizers],
  ["detector.pretrain(rows, { metrics: ['|'] })", metrics],
  ["mixed.fit(rows, { outputs: { columns0to2: { loss: '|' } } })", losses],
  ["several.fit({} as never, { optimizer: '|' })", optimizers],
  ["several.fit({} as never, { outputs: { kind: { loss: '|' } } })", lossesFor('softmax')],
  ["several.fit({} as never, { outputs: { size: { loss: '|' } } })", lossesFor('linear')],
  ["several.fit({} as never, { outputs: { size: { metrics: ['|'] } } })", metrics],
  ["several.fit({} as never, { monitor: '|' })", monitored(...metricsOf('kind', 'size'))],
  ["several.evaluate({} as never, { outputs: { kind: { loss: '|' } } })", lossesFor('softmax')],
  ["trial.fit(classifier, data, { loss: '|' })", lossesFor('softmax')],
  ["trial.fit(detector, rows, { optimizer: '|' })", optimizers],
  ["trial.crossValidate(() => classifier, data, { metrics: ['|'] })", metrics],
  [
    "searchModel({ space: {}, build: () => classifier, data, trials: 2, fit: { loss: '|' } })",
    lossesFor('softmax'),
  ],
  [
    "searchModel({ space: {}, build: () => classifier, data, trials: 2, fit: () => ({ optimizer: '|' }) })",
    optimizers,
  ],
  [
    "searchModel({ space: {}, build: () => classifier, data, trials: 2, fit: { metrics: ['|'] } })",
    metrics,
  ],
];

/** The unions as an error shows them: the first names of long ones. */
const shown = {
  activation: quoted(
    ...[
      'linear',
      'relu',
      'relu6',
      'leakyRelu',
      'elu',
      'selu',
      'celu',
      'softplus',
      'sigmoid',
      'tanh',
    ],
    ...['softsign', 'hardSigmoid', 'hardTanh', 'silu', 'swish', 'gelu', 'mish'],
  ),
  initializer: quoted(
    ...['zeros', 'ones', 'constant', 'identity', 'smallRandom', 'normal', 'uniform'],
    ...['truncatedNormal', 'varianceScaling', 'glorotNormal', 'xavierNormal', 'glorotUniform'],
  ),
  lossOfSoftmax: quoted(...lossesFor('softmax')),
  optimizer: quoted(
    ...[
      'momentum',
      'sgd',
      'nesterov',
      'adagrad',
      'adadelta',
      'rmsprop',
      'adam',
      'adamW',
      'amsgrad',
    ],
    ...['nadam', 'lion'],
  ),
  metric: quoted(...metrics),
  schedule: quoted(
    ...['constant', 'cosine', 'cosineLog', 'step', 'exponential', 'cosineRestarts', 'polynomial'],
    'oneCycle',
    'reduceOnPlateau',
  ),
};

function quoted(...names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' | ');
}

function noMember(given: string, type: string, meant?: string): string {
  const suggestion = meant === undefined ? '' : ` Did you mean '"${meant}"'?`;
  return `Type '"${given}"' is not assignable to type '${type}'.${suggestion}`;
}

/** The names of a union in the order of the alphabet: that of the compiler depends on what it has read before. */
function sorted(message: string): string {
  return message.replace(/"\w+"(?: \| "\w+")+/g, (names) =>
    names.split(' | ').toSorted().join(' | '),
  );
}

/** Names that do not exist or do not fit, and the first line of what is shown for them. */
const mistakes: readonly (readonly [code: string, message: string])[] = [
  [
    "lw.dense(3, { activation: 'rele' })",
    noMember('rele', `${shown.activation} | ... 5 more ... | undefined`),
  ],
  [
    "lw.dense(3, { activation: { type: 'rele' } })",
    noMember('rele', quoted(...typesOf(activationTable))),
  ],
  [
    "lw.dense(3, { activation: { type: 'relu', slope: 0.1 } })",
    `Object literal may only specify known properties, and 'slope' does not exist in type '{ readonly type: "relu"; } & OptionsOf<ReluActivation>'.`,
  ],
  [
    "lw.dense(3, { activaton: 'relu' })",
    `Object literal may only specify known properties, but 'activaton' does not exist in type 'DenseOptions<"linear">'. Did you mean to write 'activation'?`,
  ],
  [
    "lw.dense(3, { kernelInitializer: 'heNorml' })",
    noMember('heNorml', `${shown.initializer} | ... 10 more ... | undefined`, 'heNormal'),
  ],
  [
    "lw.activation('sotmax')",
    `Argument of type '"sotmax"' is not assignable to parameter of type '${shown.activation} | ... 4 more ... | ActivationInput'.`,
  ],
  [
    "classifier.fit(data, { loss: 'crossEntropi' })",
    noMember(
      'crossEntropi',
      `${shown.lossOfSoftmax} | CustomLoss | FittingLoss<...> | undefined`,
      'crossEntropy',
    ),
  ],
  [
    "classifier.fit(data, { loss: 'focal' })",
    noMember('focal', `${shown.lossOfSoftmax} | CustomLoss | FittingLoss<...> | undefined`),
  ],
  [
    'classifier.fit(data, { loss: lw.focal() })',
    `Type '{ readonly type: "focal"; } & OptionsOf<FocalLoss>' is not assignable to type '${shown.lossOfSoftmax} | CustomLoss | FittingLoss<...> | undefined'.`,
  ],
  [
    "anyModel.evaluate(data, { loss: 'crossEntropi' })",
    noMember(
      'crossEntropi',
      `${quoted(...losses)} | LossInput | CustomLoss | undefined`,
      'crossEntropy',
    ),
  ],
  [
    "several.fit({} as never, { outputs: { kind: { loss: 'hubert' } } })",
    noMember('hubert', `${shown.lossOfSoftmax} | FittingLoss<"softmax"> | undefined`, 'huber'),
  ],
  [
    "classifier.fit(data, { optimizer: 'adma' })",
    noMember('adma', `${shown.optimizer} | "lbfgs" | OptimizerInput | undefined`),
  ],
  [
    "classifier.fit(data, { optimizer: { type: 'sgd', beta1: 0.9 } })",
    `Object literal may only specify known properties, and 'beta1' does not exist in type '{ readonly type: "sgd"; } & OptionsOf<SgdOptimizer>'.`,
  ],
  [
    "classifier.trainer({ optimizer: 'lbfgs' })",
    noMember('lbfgs', `${shown.optimizer} | TrainerOptimizerInput | undefined`),
  ],
  [
    "classifier.fit(data, { schedule: 'cosin' })",
    noMember('cosin', `${shown.schedule} | ScheduleInput | undefined`, 'cosine'),
  ],
  [
    "classifier.fit(data, { metrics: ['acuracy'] })",
    noMember('acuracy', `${shown.metric} | MetricInput`, 'accuracy'),
  ],
  ["classifier.fit(data, { metrics: [{ type: 'f2' }] })", noMember('f2', shown.metric)],
  [
    "classifier.fit(data, { metrics: ['f1'], monitor: 'f2' })",
    noMember('f2', 'MonitorName<"f1"> | undefined'),
  ],
  [
    'classifier.fit(data, { epoch: 3 })',
    `Object literal may only specify known properties, but 'epoch' does not exist in type 'FitOptions<SupervisedData, "softmax", never>'. Did you mean to write 'epochs'?`,
  ],
];

/** The lines of the program that the editor has open. */
const lines = [...places.map(([code]) => code.replace('|', '')), ...mistakes.map(([code]) => code)];
const text = beginning + lines.join('\n');

/** Where a line begins in the text. */
function startOf(line: number): number {
  return lines.slice(0, line).reduce((sum, { length }) => sum + length + 1, beginning.length);
}

/** The files of all services, which have those of the compiler in common. */
const registry = ts.createDocumentRegistry();
const file = `${root}test/types/typed.ts`;

/** An editor in which the text is open; the package is found by `paths`, else as an installed one is. */
function openEditor(paths: Record<string, string[]>): ts.LanguageService {
  const settings: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    skipLibCheck: true,
    paths,
  };
  const read = (name: string) => (name === file ? text : ts.sys.readFile(name));
  return ts.createLanguageService(
    {
      getCompilationSettings: () => settings,
      getScriptFileNames: () => [file],
      getScriptVersion: () => '1',
      getScriptSnapshot(name) {
        const content = read(name);
        return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: (name) => name === file || ts.sys.fileExists(name),
      readFile: read,
    },
    registry,
  );
}

const ofSources = {
  layerwise: [`${root}lib/index.ts`],
  'layerwise/search': [`${root}lib/search/index.ts`],
  'layerwise/tables': [`${root}lib/tables/index.ts`],
};

describe.each([
  ['the sources', ofSources],
  ['the package', {}],
])('with the types of %s an editor', (_, paths) => {
  const editor = openEditor(paths);

  test.each(places.map(([code, offered], line) => [code, offered, line] as const))(
    'offers at %s what is taken there',
    (code, offered, line) => {
      const position = startOf(line) + code.indexOf('|');
      const completions = editor.getCompletionsAtPosition(file, position, {});
      const names = completions?.entries.map(({ name }) => name) ?? [];
      expect(names.toSorted()).toEqual(offered.toSorted());
    },
  );

  test.each(mistakes.map(([code, message], index) => [code, message, index] as const))(
    'explains the mistake in %s',
    (code, message, index) => {
      const start = startOf(places.length + index);
      const messages = editor
        .getSemanticDiagnostics(file)
        .filter(
          (found) =>
            found.start !== undefined && found.start >= start && found.start < start + code.length,
        )
        .map(({ messageText }) => {
          const [first = ''] = ts.flattenDiagnosticMessageText(messageText, '\n').split('\n');
          return sorted(first);
        });
      expect(messages).toEqual([sorted(message)]);
    },
  );
});
