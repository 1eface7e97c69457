import type { ValidationResult } from '../model/events.js';

/** The loss and the metrics of a training or of its validation, as named numbers. */

/** `loss`, `accuracy`, and of each output of several `outputs.price.loss`, in this order. */
export function resultNumbers({
  loss,
  metrics,
  outputs = {},
}: ValidationResult): (readonly [name: string, value: number])[] {
  const own = [['loss', loss] as const, ...Object.entries(metrics)];
  const ofOutputs = Object.entries(outputs).flatMap(([output, result]) =>
    resultNumbers(result).map(([name, value]) => [`outputs.${output}.${name}`, value] as const),
  );
  return [...own, ...ofOutputs];
}
