import { type LayerSpec, moduleCount, sizeBehind } from '../network/layers/index.js';
import type { NetworkSpec } from '../network/network.js';

/** The layers of a network with their names, those within residual blocks and heads too. */

/** Layers one after the other: those of the network, of a residual block, or of a head. */
export interface LayerList {
  readonly layers: readonly LayerSpec[];
  /** Columns that go into the network. */
  readonly networkInputs: number;
  /** The layer that they are within; absent for those of the network. */
  readonly around?: { readonly list: LayerList; readonly index: number };
  /** What the names of the layers, their paths and their tensors begin with. */
  readonly name: string;
  readonly path: string;
  readonly tensors: string;
}

export interface LayerPlace {
  /** As `summary()` shows it: `2`, `2.0` within the block there, `2.size.0` within the head `size`. */
  readonly name: string;
  /** The same as errors and events write it: `layers[2]`, `layers[2].layers[0]`. */
  readonly path: string;
  readonly type: LayerSpec['type'];
  /** Its number, from 0; of a layer within another that of the outermost one. */
  readonly layer: number;
  /** Where it stands, and its index there. */
  readonly list: LayerList;
  readonly index: number;
}

/** All layers, each before those within it: the order in which the core describes them. */
export function placesOf({ layers, inputSize }: NetworkSpec): LayerPlace[] {
  const network = { layers, networkInputs: inputSize, name: '', path: 'layers', tensors: '' };
  return [...layers.keys()].flatMap((index) => placesFrom(network, index, index));
}

function placesFrom(list: LayerList, index: number, layer: number): LayerPlace[] {
  const spec = list.layers[index] as LayerSpec;
  const name = `${list.name}${index}`;
  const path = `${list.path}[${index}]`;
  const within = { networkInputs: list.networkInputs, around: { list, index } };
  const inner: LayerList[] = [];
  if (spec.type === 'residual') {
    const names = { name: `${name}.`, path: `${path}.layers`, tensors: 'layers.' };
    inner.push({ ...within, ...names, layers: spec.layers });
  }
  if (spec.type === 'heads') {
    for (const [head, layers] of Object.entries(spec.heads)) {
      const names = {
        name: `${name}.${head}.`,
        path: `${path}.heads.${head}`,
        tensors: `${head}.`,
      };
      inner.push({ ...within, ...names, layers });
    }
  }
  return [
    { name, path, type: spec.type, layer, list, index },
    ...inner.flatMap((one) => [...one.layers.keys()].flatMap((at) => placesFrom(one, at, layer))),
  ];
}

/** A layer with what the names of its tensors begin with in the whole network. */
export interface StackedLayer {
  readonly spec: LayerSpec;
  readonly prefix: string;
}

/** What leads to a layer, as one plain stack. */
export interface LayerStack {
  readonly layers: readonly StackedLayer[];
  /** Columns behind them. */
  readonly size: number;
  /** What the names of the tensors of the next layer begin with. */
  readonly prefix: string;
}

/** The first layers of a list, and in front of them all that the rows go through before. */
export function stackOf(list: LayerList, count: number): LayerStack {
  const { around, networkInputs } = list;
  const before: LayerStack =
    around === undefined
      ? { layers: [], size: networkInputs, prefix: '' }
      : stackOf(around.list, around.index);
  const offset = before.layers.length;
  const layers = [...before.layers];
  let { size } = before;
  let module = 0;
  const prefix = () => `${before.prefix}${list.tensors}${module}.`;
  for (const spec of list.layers.slice(0, count)) {
    layers.push({ spec: withTieMoved(spec, offset), prefix: prefix() });
    module += moduleCount([spec]);
    size = sizeBehind([spec], size);
  }
  return { layers, size, prefix: prefix() };
}

/** Ties are numbers of layers in the same list. */
function withTieMoved(spec: LayerSpec, by: number): LayerSpec {
  if (spec.type !== 'dense' || spec.tiedTo === undefined) return spec;
  return { ...spec, tiedTo: spec.tiedTo + by };
}
