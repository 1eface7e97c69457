import { describeValue, joinPath, requireInteger } from '../../checks.js';
import { ArgumentError, ShapeError } from '../../errors.js';
import type { LayerSpec } from './index.js';

/** Dense layers that share their weights with another one, by the option `tiedTo`. */

const layerRule = { minimum: 0, maximum: 9999 } as const;
const ofWeights = ['kernelInitializer', 'kernelPenalty', 'maxNorm'] as const;

/** The number of the layer; that it fits is checked where all layers are known. */
export function requireTie(input: Record<string, unknown>, path: string): number {
  for (const key of ofWeights) {
    if (input[key] === undefined) continue;
    throw new ArgumentError({
      path: joinPath(path, key),
      expected: 'no such option beside tiedTo',
      received: describeValue(input[key]),
      remedy: 'Give it to the layer that owns the weights.',
    });
  }
  return requireInteger(input.tiedTo, joinPath(path, 'tiedTo'), layerRule);
}

/**
 * @param sizes Columns before each layer, and behind the last.
 * @throws ArgumentError, ShapeError when a layer is tied to one that does not fit.
 */
export function requireTies(
  layers: readonly LayerSpec[],
  sizes: readonly number[],
  path: string,
): void {
  for (const [index, layer] of layers.entries()) {
    if (layer.type !== 'dense' || layer.tiedTo === undefined) continue;
    const at = `${path}[${index}]`;
    const owner = layer.tiedTo < index ? layers[layer.tiedTo] : undefined;
    if (owner === undefined || owner.type !== 'dense' || owner.tiedTo !== undefined) {
      throw new ArgumentError({
        path: `${at}.tiedTo`,
        expected: 'the number of a dense layer before it that has weights of its own',
        received: String(layer.tiedTo),
        remedy: 'Layers are counted from 0.',
      });
    }
    const wanted = sizesText(owner.units, sizes[layer.tiedTo]);
    const received = sizesText(sizes[index], layer.units);
    if (wanted === received) continue;
    throw new ShapeError({
      path: at,
      expected: `${wanted}, as ${path}[${layer.tiedTo}] transposed`,
      received,
      remedy: 'Change the units of one of the two.',
    });
  }
}

function sizesText(inputs: number | undefined, units: number | undefined): string {
  return `${inputs} inputs and ${units} units`;
}

/**
 * Some layers of a network as a list of their own, in which ties name the new places.
 *
 * @throws ArgumentError when a layer is tied to one that is left behind.
 */
export function pickLayers(
  layers: readonly LayerSpec[],
  kept: readonly number[],
): readonly LayerSpec[] {
  return kept.map((from) => {
    const layer = layers[from] as LayerSpec;
    if (layer.type !== 'dense' || layer.tiedTo === undefined) return layer;
    const tiedTo = kept.indexOf(layer.tiedTo);
    if (tiedTo >= 0) return { ...layer, tiedTo };
    throw new ArgumentError({
      path: `layers[${from}].tiedTo`,
      expected: 'a layer that is taken along',
      received: `layers[${layer.tiedTo}]`,
      remedy: 'Give the layer weights of its own.',
    });
  });
}
