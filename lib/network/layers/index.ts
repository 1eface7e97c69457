import { isArray } from '../../builtins.js';
import {
  describeValue,
  joinPath,
  listOf,
  remedyFor,
  requireList,
  requireObject,
} from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import { answerName } from '../../foreignNames.js';
import { activationDefinition } from './activation.js';
import { batchNormDefinition } from './batchNorm.js';
import { contractivePenaltyDefinition } from './contractivePenalty.js';
import type { InnerLayers, LayerDefinition } from './definition.js';
import { denseDefinition } from './dense.js';
import { gaussianSamplingDefinition } from './gaussianSampling.js';
import { headsDefinition } from './heads.js';
import { layerNormDefinition } from './layerNorm.js';
import { maxoutDefinition } from './maxout.js';
import { passThroughDefinition } from './passThrough.js';
import { preluDefinition } from './prelu.js';
import { residualDefinition } from './residual.js';
import type { LayerSpec } from './types.js';

export type { Layer, LayerSpec } from './types.js';

type Definitions = { [Spec in LayerSpec as Spec['type']]: LayerDefinition<Spec> };

const inner: InnerLayers = {
  normalise: normaliseLayers,
  requireSizes,
  outputSize: sizeBehind,
  tensorShapes,
};

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
  residual: residualDefinition(inner),
  heads: headsDefinition(inner),
};

export const layerNames = Object.keys(definitions) as readonly LayerSpec['type'][];

/** The definition that belongs to a spec; the cast only says that the two go together. */
function definitionOf(type: LayerSpec['type']): LayerDefinition<LayerSpec> {
  return definitions[type] as LayerDefinition<LayerSpec>;
}

/** @param depth Layers around the layer that hold layers. */
export function normaliseLayer(input: unknown, path: string, depth = 0): LayerSpec {
  const layer = requireObject(input, path);
  const { type } = layer;
  if (isLayerName(type)) return definitionOf(type).normalise(layer, path, depth);
  throw new ArgumentError({
    path: joinPath(path, 'type'),
    expected: `one of the layers ${listOf(layerNames)}`,
    received: describeValue(type),
    remedy:
      typeof type === 'string'
        ? answerName('layer', type, layerNames) || remedyFor(type, layerNames)
        : '',
  });
}

function isLayerName(type: unknown): type is LayerSpec['type'] {
  return typeof type === 'string' && Object.hasOwn(definitions, type);
}

/** As the core bounds them. */
export const mostLayers = 10_000;

/** A list of layers, one after the other; `depth` is the number of layers around them. */
export function normaliseLayers(input: unknown, path: string, depth = 0): readonly LayerSpec[] {
  if (!isArray(input) || input.length === 0) {
    throw new ArgumentError({
      path,
      expected: 'an array of at least one layer',
      received: isArray(input) ? 'an empty array' : describeValue(input),
      remedy: 'Write [dense(16, { activation: "relu" }), dense(1)], say.',
    });
  }
  const layers = requireList(input, path, { of: 'layers', most: mostLayers });
  return Object.freeze(
    layers.map((layer, index) => normaliseLayer(layer, `${path}[${index}]`, depth)),
  );
}

/** @throws ArgumentError, ShapeError when a layer does not suit those around it. */
export function requireSizes(layers: readonly LayerSpec[], inputSize: number, path: string): void {
  const sizes = [inputSize];
  for (const [index, layer] of layers.entries()) {
    const size = sizes[index] as number;
    const definition = definitionOf(layer.type);
    definition.requireInput?.(layer, size, `${path}[${index}]`);
    sizes.push(definition.outputSize(layer, size));
  }
  for (const [index, layer] of layers.entries()) {
    definitionOf(layer.type).requirePlace?.(layer, { layers, index, sizes, path });
  }
}

/** Columns behind some layers. */
export function sizeBehind(layers: readonly LayerSpec[], inputSize: number): number {
  return layers.reduce(
    (size, layer) => definitionOf(layer.type).outputSize(layer, size),
    inputSize,
  );
}

/** Modules of PyTorch's `nn.Sequential` that some layers stand for. */
export function moduleCount(layers: readonly LayerSpec[], inputSize: number): number {
  let count = 0;
  let size = inputSize;
  for (const layer of layers) {
    const definition = definitionOf(layer.type);
    count += definition.modules(layer, size).length;
    size = definition.outputSize(layer, size);
  }
  return count;
}

/**
 * The tensors of some layers in their order, named as in PyTorch's `nn.Sequential`: `0.weight` with
 * shape [outputs, inputs], `0.bias` with shape [outputs].
 */
export function tensorShapes(
  layers: readonly LayerSpec[],
  inputSize: number,
): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  let size = inputSize;
  let module = 0;
  for (const layer of layers) {
    const definition = definitionOf(layer.type);
    for (const tensors of definition.modules(layer, size)) {
      for (const [name, shape] of Object.entries(tensors)) shapes.set(`${module}.${name}`, shape);
      module++;
    }
    size = definition.outputSize(layer, size);
  }
  return shapes;
}
