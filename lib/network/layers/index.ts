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
import { type LayerName, layerTable, type ParameterLayer } from '../generated.js';
import { activationDefinition } from './activation.js';
import { contractivePenaltyDefinition } from './contractivePenalty.js';
import type { InnerLayers, LayerDefinition } from './definition.js';
import { denseDefinition } from './dense.js';
import { embeddingDefinition } from './embedding.js';
import { gaussianSamplingDefinition } from './gaussianSampling.js';
import { headsDefinition } from './heads.js';
import { maxoutDefinition } from './maxout.js';
import { parameterLayerDefinition } from './parameterLayer.js';
import { residualDefinition } from './residual.js';
import type { LayerSpec } from './types.js';

export type { Layer, LayerSpec } from './types.js';

type Definitions = { [Spec in LayerSpec as Spec['type']]: LayerDefinition<Spec> };

/** All types of layers, in the order of the core. */
export const layerNames: readonly LayerName[] = layerTable.map((row) => row.name);

const inner: InnerLayers = {
  normalise: normaliseLayers,
  requireSizes,
  outputSize: sizeBehind,
};

const isParameterLayer = (name: LayerName): name is ParameterLayer['type'] =>
  layerTable.some((row) => row.name === name && row.parameters.length > 0);

const parameterLayers = Object.fromEntries(
  layerNames.filter(isParameterLayer).map((name) => [name, parameterLayerDefinition(name)]),
) as Pick<Definitions, ParameterLayer['type']>;

const definitions: Definitions = {
  ...parameterLayers,
  dense: denseDefinition,
  activation: activationDefinition,
  gaussianSampling: gaussianSamplingDefinition,
  contractivePenalty: contractivePenaltyDefinition,
  maxout: maxoutDefinition,
  residual: residualDefinition(inner),
  heads: headsDefinition(inner),
  embedding: embeddingDefinition,
};

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
export function moduleCount(layers: readonly LayerSpec[]): number {
  return layers.reduce(
    (count, layer) => count + (definitionOf(layer.type).modules?.(layer) ?? 1),
    0,
  );
}
