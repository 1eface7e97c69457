import type { LayerSpec } from './types.js';

/** Where a layer stands. */
export interface LayerPlace {
  readonly layers: readonly LayerSpec[];
  readonly index: number;
  /** Columns before each layer, and behind the last. */
  readonly sizes: readonly number[];
  /** Of the list of layers, for errors. */
  readonly path: string;
}

/**
 * What the specs of one type of layer have in common. Layers whose options are all in the row of the
 * core have one already; any other type is a file that gives this and a line in `layers/index.ts`.
 */
export interface LayerDefinition<Spec extends { readonly type: string }> {
  readonly type: Spec['type'];
  /**
   * Checks what a caller wrote and fills in the defaults; `path` is the place of the layer, `depth`
   * the number of layers around it that hold layers.
   */
  normalise(input: Record<string, unknown>, path: string, depth: number): Spec;
  /** Refuses a number of columns that the layer cannot take; `path` is its place. */
  requireInput?(spec: Spec, inputSize: number, path: string): void;
  /** Refuses a place among other layers that the layer cannot have. */
  requirePlace?(spec: Spec, place: LayerPlace): void;
  /** Columns that the layer gives for rows of `inputSize` columns. */
  outputSize(spec: Spec, inputSize: number): number;
  /**
   * How many modules of PyTorch's `nn.Sequential` the layer stands for, as tensors are named by
   * their numbers: two for a dense layer with an activation, one where this is not given.
   */
  modules?(spec: Spec): number;
}

/** What layers that hold layers may ask of them, and know nothing more of. */
export interface InnerLayers {
  normalise(input: unknown, path: string, depth: number): readonly LayerSpec[];
  requireSizes(layers: readonly LayerSpec[], inputSize: number, path: string): void;
  outputSize(layers: readonly LayerSpec[], inputSize: number): number;
}
