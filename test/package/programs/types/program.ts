/** Compiled, never run: what the types of the package accept, infer and refuse, with any compiler and settings. */

import {
  adam,
  autoencoder,
  DataError,
  dense,
  type FitOptions,
  type History,
  LayerwiseError,
  load,
  type Matrix,
  metrics,
  multiOutput,
  type Sequential,
  sequential,
} from 'layerwise';
import * as course from 'layerwise/course';
import { digits, lineChart, type Picture, random } from 'layerwise/course';
import { float, int, openStudy, search, type Trial } from 'layerwise/search';
import { readTable, type TableEvaluation, type TableModel, tableModel } from 'layerwise/tables';

const data = { inputs: new Float32Array(200), targets: ['a', 'b'] };

export function softmax(): Sequential<'softmax'> {
  const layers = [dense(8, { activation: 'relu' }), dense(2, { activation: 'softmax' })] as const;
  return sequential(layers, { inputSize: 2, seed: 1 });
}

export async function train(signal: AbortSignal): Promise<number> {
  const model = softmax();
  const run = model.fit(data, {
    epochs: 3,
    metrics: ['accuracy', { type: 'f1', average: 'macro' }],
    validation: 0.2,
    monitor: 'validation.f1',
    optimizer: adam({ learningRate: 0.01 }),
    signal,
  });
  for await (const event of run) {
    if (event.type === 'epoch') return event.metrics.accuracy + (event.validation?.metrics.f1 ?? 0);
  }
  const history: History<'accuracy' | 'f1'> = await run;
  // @ts-expect-error a metric that was not asked for
  history.epochs[0]?.metrics.recall;
  return history.epochs.length;
}

export async function predict(): Promise<Float32Array> {
  const model = softmax();
  await model.save('model.safetensors');
  const outputs = await (await load('model.safetensors')).predict([[1, 2]]);
  const rows: Matrix = model.predictSync([[1, 2]]);
  return 'values' in outputs && outputs.values instanceof Float32Array
    ? outputs.values
    : rows.values;
}

const space = { rate: float(1e-4, 1), units: int(1, 64) };

export async function tune(signal: AbortSignal): Promise<number> {
  const study = await openStudy('study.jsonl', { space });
  const best: Trial | null = study.best;
  const close: () => void = study[Symbol.dispose].bind(study);
  close();
  const found = await search({
    space,
    trials: 5,
    signal,
    objective: ({ values }) => values.rate * values.units,
  });
  return (found.best ?? best)?.value ?? 0;
}

export async function houses(signal: AbortSignal): Promise<number> {
  const table = await readTable('houses.csv');
  const model: TableModel = tableModel({ target: 'price', ignore: ['id'] });
  await model.fit(table, { epochs: 3, validation: 0.2, signal });
  const evaluation: TableEvaluation = await model.evaluate(table);
  const { predictions } = model.predictSync([{ area: 120, city: 'Bonn' }]);
  return evaluation.rows + predictions.length;
}

export function read(error: unknown): string {
  if (error instanceof DataError) return error.remedy;
  return error instanceof LayerwiseError ? error.path : '';
}

export const options: FitOptions<typeof data, 'softmax'> = { epochs: 2 };
export const codes = autoencoder({ inputSize: 8, hidden: [4], code: 2 });
export const accuracy: number = metrics.accuracy([[0, 1]], [1]);
export const heads = multiOutput(
  [dense(4)],
  { size: dense(1), kind: [dense(3, { activation: 'softmax' })] },
  { inputSize: 2 },
);
export const chapters: number = Object.keys(course).length;

export function refused(): void {
  // @ts-expect-error no such activation
  dense(3, { activation: 'rele' });
  // @ts-expect-error no such parameter
  adam({ learningRat: 0.1 });
  // @ts-expect-error no such option
  softmax().fit(data, { epoch: 5 });
  // @ts-expect-error a loss for another end
  softmax().fit(data, { loss: 'binaryCrossEntropy' });
  // @ts-expect-error a metric that is not measured
  softmax().fit(data, { metrics: ['f1'], monitor: 'recall' });
}

export async function draw(): Promise<Picture> {
  const { images, labels, source } = await digits(10, { size: 7 });
  const series = { [source]: [images.rows, labels.length, random(1).normal()] };
  return lineChart({ title: 'digits', x: 'x', y: 'y', series, logarithmic: 'y' });
}
