import { isArray } from '../builtins.js';
import { isPlainObject, joinPath } from '../checks.js';
import type { JsonValue } from '../model/json.js';
import type { TrainingStart } from '../model/listeners.js';
import type { LayerSpec } from '../network/layers/index.js';
import type { HyperParameters } from './hyperParameter.js';

/** What does not change the result, or is no choice of the network. */
const others = new Set(['threads', 'timeLimit', 'statistics', 'metrics']);

/**
 * What a training was given, as flat names and values: `batchSize`, `optimizer`, `optimizer.learningRate`, …, and the
 * layers of the network in a line.
 */
export function hyperParametersOf({ options, network, rows }: TrainingStart): HyperParameters {
  const flat = Object.entries(options)
    .filter(([name]) => !others.has(name))
    .flatMap(([name, value]) => flatten(name, value));
  const { layers } = network.spec;
  return { ...Object.fromEntries(flat), layers: layersText(layers), rows };
}

/** The type of a thing stands under its own name: `optimizer: adam`. */
function flatten(name: string, value: JsonValue): [string, string | number | boolean][] {
  if (value === null) return [];
  if (isArray(value)) return [[name, JSON.stringify(value)]];
  if (!isPlainObject(value)) return [[name, value as string | number | boolean]];
  return Object.entries(value as Record<string, JsonValue>).flatMap(([key, item]) =>
    flatten(key === 'type' ? name : joinPath(name, key), item),
  );
}

/** `dense 64 relu, dropout, dense 3 softmax`. */
function layersText(layers: readonly LayerSpec[]): string {
  return layers.map(layerText).join(', ');
}

function layerText(layer: LayerSpec): string {
  const units = 'units' in layer ? ` ${layer.units}` : '';
  const activation = 'activation' in layer ? layer.activation : undefined;
  const name = typeof activation === 'string' ? activation : activation?.type;
  return `${layer.type}${units}${name === undefined || name === 'linear' ? '' : ` ${name}`}`;
}
