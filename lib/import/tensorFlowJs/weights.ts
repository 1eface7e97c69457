import { describeValue, listOf } from '../../checks.js';
import { ArgumentError, ShapeError } from '../../errors.js';
import { type NetworkSpec, parametersOf } from '../../network/network.js';
import type { ConvertedLayer } from './layers.js';
import type { WeightEntry } from './manifest.js';
import type { FoundLayer } from './topology.js';

/** Which weight of a file becomes which tensor of the network. */
export interface Source {
  /** The tensor of the network. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly entry: WeightEntry;
  /** Kernels are [inputs, outputs] there, and [outputs, inputs] here. */
  readonly transposed: boolean;
}

/**
 * Finds the weight of every tensor; layers that stand for none of the file keep their first values.
 *
 * @throws ArgumentError for a weight that is not there; ShapeError for one of another shape
 */
export function matchWeights(
  spec: NetworkSpec,
  layers: readonly ConvertedLayer[],
  weights: WeightIndex,
): readonly Source[] {
  return parametersOf(spec).flatMap(({ name, layer, shape }) => {
    const converted = layers[layer] as ConvertedLayer;
    const own = name.slice(name.lastIndexOf('.') + 1);
    const foreign = converted.weights[own];
    if (foreign === undefined) return [];
    const entry = requireWeight(weights, converted.source, foreign);
    const transposed = shape.length === 2;
    const wanted = transposed ? shape.toReversed() : shape;
    if (entry.shape.join() === wanted.join()) return [{ name, shape, entry, transposed }];
    throw new ShapeError({
      path: `${entry.path}.shape`,
      expected: `[${wanted.join(', ')}] for ${foreign} of the layer '${converted.source.name}'`,
      received: `[${entry.shape.join(', ')}]`,
    });
  });
}

function requireWeight(weights: WeightIndex, layer: FoundLayer, weight: string): WeightEntry {
  const found = weights.find(layer, weight);
  if (found !== undefined) return found;
  throw new ArgumentError({
    path: 'weightsManifest',
    expected: `the weight ${layer.name}/${weight} of ${layer.path}`,
    received: listOf(weights.names.slice(0, 12)) || 'no weights',
  });
}

/** More names around each other than any model has. */
const mostParts = 16;

/** The weights of a manifest by their layers. */
export class WeightIndex {
  readonly #byName = new Map<string, WeightEntry[]>();
  /** By every name that stands before that of the weight itself. */
  readonly #byLayer = new Map<string, WeightEntry[]>();

  constructor(entries: readonly WeightEntry[]) {
    for (const entry of entries) {
      // Keras 2 counts the outputs of what makes a variable: dense/kernel:0.
      const name = entry.name.replace(/:0$/, '');
      addTo(this.#byName, name, entry);
      const parts = name.split('/');
      const weight = parts.pop();
      if (parts.length > mostParts) continue;
      for (const layer of new Set(parts)) addTo(this.#byLayer, `${layer}/${weight}`, entry);
    }
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()];
  }

  /**
   * A weight of a layer: `dense/kernel`, or with the names of models around it, `sequential/dense/kernel`.
   *
   * @throws ArgumentError where several are called so
   */
  find({ name: layer }: FoundLayer, weight: string): WeightEntry | undefined {
    const whole = `${layer}/${weight}`;
    const [only, other] = this.#byName.get(whole) ?? this.#byLayer.get(whole) ?? [];
    if (other === undefined) return only;
    throw new ArgumentError({
      path: `${other.path}.name`,
      expected: `one weight ${whole}`,
      received: `another one, ${describeValue(other.name)}`,
    });
  }
}

function addTo<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
