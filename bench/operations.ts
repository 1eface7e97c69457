import type { Card } from './cards.js';

/**
 * Operations of the matrix products, a multiply-add being two. What else a step does (activations, batch
 * norm, the optimizer) is work that does not count, so a share of the ceiling is understated, never
 * overstated.
 */

function sizes(card: Card): [inputs: number, outputs: number][] {
  return card.layers.map((layer, index) => [
    index === 0 ? card.inputs : (card.layers[index - 1] as { units: number }).units,
    layer.units,
  ]);
}

/** Forward pass of one row. */
export function forwardOperations(card: Card): number {
  return sizes(card).reduce((sum, [inputs, outputs]) => sum + 2 * inputs * outputs, 0);
}

/** Forward and backward pass of one row; the first layer needs no gradient of its input. */
export function trainingOperations(card: Card): number {
  const [inputs, outputs] = sizes(card)[0] as [number, number];
  return 3 * forwardOperations(card) - 2 * inputs * outputs;
}
