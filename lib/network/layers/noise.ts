import { isPlainObject } from '../../checks.js';
import type { LayerName } from '../generated.js';

/** Layers that corrupt their input while training. */
export const noiseLayers = [
  'maskingNoise',
  'gaussianNoise',
  'saltAndPepperNoise',
  'swapNoise',
] as const satisfies readonly LayerName[];

/** Whether a layer, normalised or not, is one of noise. */
export function isNoise(layer: unknown): layer is { readonly type: (typeof noiseLayers)[number] } {
  return isPlainObject(layer) && noiseLayers.some((name) => name === layer.type);
}
