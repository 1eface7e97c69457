/** A tensor of a model. */
export interface Parameter {
  /** As in PyTorch's `nn.Sequential`: `0.weight`, `0.bias`, … */
  readonly name: string;
  /** The layer that it belongs to, from 0. */
  readonly layer: number;
  /** Weights of a dense layer are [outputs, inputs], its bias is [outputs]. */
  readonly shape: readonly number[];
  readonly trainable: boolean;
}
