import { requireInteger, requireList } from '../checks.js';
import { mostLayers } from '../network/layers/index.js';
import type { NetworkSpec } from '../network/network.js';

/** @throws ArgumentError for anything but an array of numbers of layers. */
export function requireLayerNumbers(layers: unknown, spec: NetworkSpec): readonly number[] {
  const list = requireList(layers, 'layers', { of: 'numbers of layers', most: mostLayers });
  const rule = { minimum: 0, maximum: spec.layers.length - 1 };
  return list.map((layer, index) => requireInteger(layer, `layers[${index}]`, rule));
}
