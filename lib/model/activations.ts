import {
  describeValue,
  listOf,
  remedyFor,
  requireKnownKeys,
  requireList,
  requireObject,
} from '../checks.js';
import type { Matrix } from '../data/matrix.js';
import { ArgumentError, DataError } from '../errors.js';
import { callNative, type NativeNetwork } from '../native.js';
import { mostLayers } from '../network/layers/index.js';
import type { NetworkSpec } from '../network/network.js';
import { type PredictOptions, type ResolvedPrediction, resolvePrediction } from './fitOptions.js';
import { forward } from './forward.js';
import { type LayerList, type LayerPlace, placesOf, stackOf } from './layerPlaces.js';

/** What the layers of a network give for some rows. */

/** Options of `activations`. */
export interface ActivationsOptions extends PredictOptions {
  /**
   * The layers, in the order of the result: their numbers from 0, or their names as `summary()` shows
   * them. `'2.0'` is the first layer within the residual block 2, `'3.price.0'` the first one of the
   * head `price`; the paths of errors and events, such as `'layers[2].layers[0]'`, are taken too.
   *
   * @default all layers of the network, without those within others
   */
  readonly layers?: readonly (number | string)[] | undefined;
}

/** What one layer gives. */
export interface LayerActivations {
  /**
   * The layer, from 0, and the same as a path: `layers[3]`. A layer within a residual block or a head
   * has the number of that, and a path that goes on: `layers[3].layers[0]`.
   */
  readonly layer: number;
  readonly path: string;
  readonly type: string;
  /** [rows, columns of the layer]. */
  readonly outputs: Matrix;
}

/** What is needed of a model, of which this file knows nothing more. */
interface InspectedNetwork {
  readonly spec: NetworkSpec;
  readonly network: NativeNetwork;
}

export async function layerActivations(
  model: InspectedNetwork,
  inputs: unknown,
  options: unknown,
): Promise<readonly LayerActivations[]> {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, ['layers', 'threads', 'precision'], '');
  const { layers, ...rest } = given;
  const prediction = resolvePrediction(rest);
  const places = chosenPlaces(layers, placesOf(model.spec));
  const outputs = new Map<LayerPlace, Matrix>();
  for (const probe of probesFor(places, model)) {
    for await (const [place, values] of look(probe, inputs, prediction)) outputs.set(place, values);
  }
  return places.map((place) => {
    const { layer, path, type } = place;
    return { layer, path, type, outputs: outputs.get(place) as Matrix };
  });
}

/** @throws ArgumentError for a layer that the network does not have. */
function chosenPlaces(layers: unknown, places: readonly LayerPlace[]): readonly LayerPlace[] {
  if (layers === undefined) return places.filter(({ list }) => list.around === undefined);
  const byName = new Map<unknown, LayerPlace>();
  for (const place of places) {
    byName.set(place.name, place).set(place.path, place);
    if (place.list.around === undefined) byName.set(place.layer, place);
  }
  const list = requireList(layers, 'layers', {
    of: 'numbers and names of layers',
    most: mostLayers,
  });
  return list.map((layer, index) => {
    const place = byName.get(layer);
    if (place !== undefined) return place;
    const names = places.map(({ name }) => name);
    const shown = [...names.slice(0, shownNames), ...(names.length > shownNames ? ['…'] : [])];
    throw new ArgumentError({
      path: `layers[${index}]`,
      expected: `a layer of the network, by its number or its name: ${listOf(shown, 'or')}`,
      received: describeValue(layer),
      remedy:
        (typeof layer === 'string' && remedyFor(layer, names)) ||
        'Layers are counted from 0; summary() shows them all.',
    });
  });
}

/** Names that the error of an unknown one shows. */
const shownNames = 40;

/** A network that runs through some layers of one list, one after the other. */
interface Probe {
  readonly network: NativeNetwork;
  readonly ends: readonly LayerEnd[];
}

interface LayerEnd {
  readonly place: LayerPlace;
  /** Layers of the network of the probe up to this one. */
  readonly to: number;
  readonly outputSize: number;
}

function probesFor(places: readonly LayerPlace[], model: InspectedNetwork): readonly Probe[] {
  const byList = new Map<LayerList, Set<LayerPlace>>();
  for (const place of places) {
    const known = byList.get(place.list);
    if (known === undefined) byList.set(place.list, new Set([place]));
    else known.add(place);
  }
  const sizes = new Map(model.network.layers().map((layer) => [layer.path, layer.outputSize]));
  return Array.from(byList, ([list, wanted]) => {
    const sorted = [...wanted].sort((left, right) => left.index - right.index);
    const before = stackOf(list, 0).layers.length;
    const ends = sorted.map((place) => {
      const outputSize = sizes.get(place.path) as number;
      return { place, to: before + place.index + 1, outputSize };
    });
    if (list.around === undefined) return { network: model.network, ends };
    const count = (sorted[sorted.length - 1] as LayerPlace).index + 1;
    return { network: copyOfStack(model, list, count), ends };
  });
}

/** The layers up to one of them as a network of its own, with the same weights. */
function copyOfStack(
  { spec, network }: InspectedNetwork,
  list: LayerList,
  count: number,
): NativeNetwork {
  const { layers } = stackOf(list, count);
  const { inputSize, seed } = spec;
  const stack = { inputSize, seed, layers: layers.map((layer) => layer.spec) };
  const copy = callNative(({ Network }) => new Network(stack));
  for (const { name, layer } of copy.parameters()) {
    const source = `${layers[layer]?.prefix}${name.slice(name.indexOf('.') + 1)}`;
    callNative(() => copy.setParameter(name, network.getParameter(source)));
  }
  return copy;
}

/** Goes on from one layer to the next, so that none is computed twice. */
async function* look(
  { network, ends }: Probe,
  inputs: unknown,
  prediction: ResolvedPrediction,
): AsyncGenerator<readonly [LayerPlace, Matrix], void, void> {
  const start = { network, from: 0, inputSize: network.inputSize, path: 'inputs' };
  let rule = start;
  let values = inputs;
  for (const { place, to, outputSize } of ends) {
    const behind = { to, outputSize };
    const result = await forward(values, { ...rule, ...behind }, prediction).catch(
      (error: unknown) => {
        // Infinities, which a network that has diverged gives, are no inputs of a pass.
        if (rule === start || !(error instanceof DataError)) throw error;
        return forward(inputs, { ...start, ...behind }, prediction);
      },
    );
    yield [place, result];
    rule = { ...start, from: to, inputSize: outputSize };
    values = result;
  }
}
