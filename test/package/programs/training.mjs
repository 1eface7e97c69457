/** A training that takes long, for programs that end it. */

import { dense, sequential } from 'layerwise';

/** @param {number} epochs */
export function train(epochs) {
  const inputs = Float32Array.from({ length: 20_000 * 8 }, (_, index) => Math.sin(index));
  const targets = Float32Array.from({ length: 20_000 }, (_, row) => inputs[8 * row]);
  const layers = [dense(64, { activation: 'relu' }), dense(1)];
  const model = sequential(layers, { inputSize: 8, seed: 1 });
  return model.fit({ inputs, targets }, { epochs });
}
