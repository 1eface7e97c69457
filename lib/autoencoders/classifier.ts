import { requireInteger } from '../checks.js';
import { Sequential } from '../model/sequential.js';
import { isNoise } from '../spec/layers/noise.js';
import { normaliseNetwork } from '../spec/network.js';
import { copyParameters, type Stack } from './stack.js';

const classesRule = { minimum: 2, maximum: 2 ** 24 } as const;

/** The encoder of a stack with a softmax layer on top. */
export function classifierOf({ model, codeLayer }: Stack, classes: number): Sequential<'softmax'> {
  const units = requireInteger(classes, 'classes', classesRule);
  const { inputSize, seed, layers } = model.spec;
  // What the labels teach, they teach about clean rows.
  const kept = [...layers.keys()].filter((at) => at <= codeLayer && !isNoise(layers[at]));
  const encoder = kept.map((at) => layers[at]);
  const output = { type: 'dense', units, activation: 'softmax' };
  const spec = normaliseNetwork({ inputSize, seed, layers: [...encoder, output] });
  const classifier = new Sequential<'softmax'>(spec);
  copyParameters(model, kept, classifier, [...encoder.keys()]);
  return classifier;
}
