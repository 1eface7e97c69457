import { describeValue, joinPath, requireInteger } from '../../checks.js';
import { ArgumentError, ShapeError } from '../../errors.js';
import type { LayerPlace } from './definition.js';
import type { LayerSpec } from './types.js';

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

/** @throws ArgumentError, ShapeError when a layer is tied to one that does not fit. */
export function requireTieFits(
  { tiedTo, units }: { readonly tiedTo?: number; readonly units: number },
  { layers, index, sizes, path }: LayerPlace,
): void {
  if (tiedTo === undefined) return;
  const owner = tiedTo < index ? layers[tiedTo] : undefined;
  if (owner === undefined || owner.type !== 'dense' || owner.tiedTo !== undefined) {
    throw new ArgumentError({
      path: `${path}[${index}].tiedTo`,
      expected: 'the number of a dense layer before it that has weights of its own',
      received: String(tiedTo),
      remedy: 'Layers are counted from 0.',
    });
  }
  const wanted = sizesText(owner.units, sizes[tiedTo]);
  const received = sizesText(sizes[index], units);
  if (wanted === received) return;
  throw new ShapeError({
    path: `${path}[${index}]`,
    expected: `${wanted}, as ${path}[${tiedTo}] transposed`,
    received,
    remedy: 'Change the units of one of the two.',
  });
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
