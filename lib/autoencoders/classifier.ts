import { requireInteger } from '../checks.js';
import { Sequential } from '../model/sequential.js';
import { normaliseNetwork } from '../spec/network.js';
import { copyParameters, type Stack } from './stack.js';

const classesRule = { minimum: 2, maximum: 2 ** 24 } as const;

/** The encoder of a stack with a softmax layer on top. */
export function classifierOf({ model, codeLayer }: Stack, classes: number): Sequential<'softmax'> {
  const units = requireInteger(classes, 'classes', classesRule);
  const { inputSize, seed, layers } = model.spec;
  const encoder = layers.slice(0, codeLayer + 1);
  const output = { type: 'dense', units, activation: 'softmax' };
  const spec = normaliseNetwork({ inputSize, seed, layers: [...encoder, output] });
  const classifier = new Sequential<'softmax'>(spec);
  const layersOfEncoder = [...encoder.keys()];
  copyParameters(model, layersOfEncoder, classifier, layersOfEncoder);
  return classifier;
}
