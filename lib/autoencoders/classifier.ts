import {
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireObject,
  withDefault,
} from '../checks.js';
import { Sequential } from '../model/sequential.js';
import { isNoise } from '../network/layers/noise.js';
import { pickLayers } from '../network/layers/ties.js';
import { normaliseNetwork } from '../network/network.js';
import { copyParameters, type Stack } from './stack.js';

const classesRule = { minimum: 2, maximum: 2 ** 24 } as const;

export interface ClassifierOptions {
  /**
   * Whether training leaves the layers of the encoder as they are.
   *
   * @default false
   */
  readonly frozen?: boolean | undefined;
}

/** The encoder of a stack with a softmax layer on top. */
export function classifierOf(
  { model, codeLayer }: Stack,
  classes: number,
  options: ClassifierOptions,
): Sequential<'softmax'> {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, ['frozen'], '');
  const isFrozen = requireBoolean(withDefault(given.frozen, false), 'frozen');
  const units = requireInteger(classes, 'classes', classesRule);
  const { inputSize, seed, layers } = model.spec;
  // What the labels teach, they teach about clean rows.
  const kept = [...layers.keys()].filter((at) => at <= codeLayer && !isNoise(layers[at]));
  const encoder = pickLayers(layers, kept);
  const output = { type: 'dense', units, activation: 'softmax' };
  const spec = normaliseNetwork({ inputSize, seed, layers: [...encoder, output] });
  const classifier = new Sequential<'softmax'>(spec);
  copyParameters(model, kept, classifier, [...encoder.keys()]);
  return isFrozen ? classifier.withFrozenLayers([...encoder.keys()]) : classifier;
}
