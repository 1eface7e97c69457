import { describeValue, joinPath, listOf, remedyFor, requireObject } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import type { SpecInput } from '../data.js';
import type {
  ActivityPenaltyLayer,
  AlphaDropoutLayer,
  BatchNormLayer,
  ContractivePenaltyLayer,
  DropoutLayer,
  GaussianNoiseLayer,
  GaussianSamplingLayer,
  LayerNormLayer,
  MaskingNoiseLayer,
  PreluLayer,
  SaltAndPepperNoiseLayer,
  SwapNoiseLayer,
} from '../generated.js';
import {
  type ActivationLayer,
  type ActivationLayerSpec,
  activationDefinition,
} from './activation.js';
import { batchNormDefinition } from './batchNorm.js';
import { contractivePenaltyDefinition } from './contractivePenalty.js';
import type { LayerDefinition, LayerPlace, ModuleTensors } from './definition.js';
import { type DenseLayer, type DenseSpec, denseDefinition } from './dense.js';
import { gaussianSamplingDefinition } from './gaussianSampling.js';
import { layerNormDefinition } from './layerNorm.js';
import { type MaxoutLayer, type MaxoutSpec, maxoutDefinition } from './maxout.js';
import { passThroughDefinition } from './passThrough.js';
import { preluDefinition } from './prelu.js';

/** Every type of layer: a new one is added to the two unions and to the list. */
export type LayerSpec = DenseSpec | MaxoutSpec | ActivationLayerSpec | NumericLayer;
export type Layer = DenseLayer | MaxoutLayer | ActivationLayer | SpecInput<NumericLayer>;

/** Layers whose options are numbers, and whose types the core gives. */
type NumericLayer =
  | BatchNormLayer
  | GaussianSamplingLayer
  | MaskingNoiseLayer
  | GaussianNoiseLayer
  | SaltAndPepperNoiseLayer
  | SwapNoiseLayer
  | DropoutLayer
  | AlphaDropoutLayer
  | LayerNormLayer
  | ActivityPenaltyLayer
  | ContractivePenaltyLayer
  | PreluLayer;

type Definitions = { [Spec in LayerSpec as Spec['type']]: LayerDefinition<Spec> };

const definitions: Definitions = {
  dense: denseDefinition,
  activation: activationDefinition,
  batchNorm: batchNormDefinition,
  gaussianSampling: gaussianSamplingDefinition,
  maskingNoise: passThroughDefinition('maskingNoise'),
  gaussianNoise: passThroughDefinition('gaussianNoise'),
  saltAndPepperNoise: passThroughDefinition('saltAndPepperNoise'),
  swapNoise: passThroughDefinition('swapNoise'),
  dropout: passThroughDefinition('dropout'),
  alphaDropout: passThroughDefinition('alphaDropout'),
  layerNorm: layerNormDefinition,
  activityPenalty: passThroughDefinition('activityPenalty'),
  contractivePenalty: contractivePenaltyDefinition,
  prelu: preluDefinition,
  maxout: maxoutDefinition,
};

export const layerNames = Object.keys(definitions) as readonly LayerSpec['type'][];

/** The definition that belongs to a spec; the cast only says that the two go together. */
function definitionOf(type: LayerSpec['type']): LayerDefinition<LayerSpec> {
  return definitions[type] as LayerDefinition<LayerSpec>;
}

export function normaliseLayer(input: unknown, path: string): LayerSpec {
  const layer = requireObject(input, path);
  const { type } = layer;
  if (isLayerName(type)) return definitionOf(type).normalise(layer, path);
  throw new ArgumentError({
    path: joinPath(path, 'type'),
    expected: `one of the layers ${listOf(layerNames)}`,
    received: describeValue(type),
    remedy: typeof type === 'string' ? remedyFor(type, layerNames) : '',
  });
}

function isLayerName(type: unknown): type is LayerSpec['type'] {
  return typeof type === 'string' && Object.hasOwn(definitions, type);
}

/** @throws ShapeError when the layer cannot take so many columns. */
export function requireInputSize(spec: LayerSpec, inputSize: number, path: string): void {
  definitionOf(spec.type).requireInput?.(inputSize, path);
}

/** @throws ArgumentError, ShapeError when the layers around it do not suit it. */
export function requirePlace(spec: LayerSpec, place: LayerPlace): void {
  definitionOf(spec.type).requirePlace?.(spec, place);
}

export function outputSizeOf(spec: LayerSpec, inputSize: number): number {
  return definitionOf(spec.type).outputSize(spec, inputSize);
}

export function modulesOf(spec: LayerSpec, inputSize: number): readonly ModuleTensors[] {
  return definitionOf(spec.type).modules(spec, inputSize);
}
