import type { Card, CardActivation } from '../cards.js';

/** A dense layer of a card with its place in PyTorch's `nn.Sequential`. */
export interface DenseParameters {
  /** Index of the `Linear` module. */
  readonly module: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: CardActivation;
  readonly batchNorm: boolean;
}

/** Dense layer, then batch norm if there is one, then an activation that is not linear: a module each. */
export function denseParameters(card: Card): DenseParameters[] {
  let module = 0;
  let inputs = card.inputs;
  return card.layers.map((layer) => {
    const batchNorm = layer.batchNorm === true;
    const parameters = {
      module,
      inputs,
      outputs: layer.units,
      activation: layer.activation,
      batchNorm,
    };
    module += 1 + (batchNorm ? 1 : 0) + (layer.activation === 'linear' ? 0 : 1);
    inputs = layer.units;
    return parameters;
  });
}
