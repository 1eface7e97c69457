import { describeValue, requireInteger } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { NetworkSpec } from '../spec/network.js';

/** @throws ArgumentError for anything but an array of numbers of layers. */
export function requireLayerNumbers(layers: unknown, spec: NetworkSpec): readonly number[] {
  if (!Array.isArray(layers)) {
    throw new ArgumentError({
      path: 'layers',
      expected: 'an array of numbers of layers',
      received: describeValue(layers),
    });
  }
  const rule = { minimum: 0, maximum: spec.layers.length - 1 };
  return layers.map((layer: unknown, index) => requireInteger(layer, `layers[${index}]`, rule));
}
