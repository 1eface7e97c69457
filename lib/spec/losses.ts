import { isInstance } from '../builtins.js';
import { withDefault } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { LossDescription } from '../native.js';
import { CustomLoss, customLossRow } from './customLoss.js';
import { type LossName, type LossSpec, lossTable } from './generated.js';
import { normaliseLoss } from './rows.js';

/** Which loss goes with which network, and what it wants as targets. */

type LossRow = (typeof lossTable)[number];

type NameIfAllowed<Row extends LossRow, Output extends string> = Row extends unknown
  ? Row['output'] extends null
    ? Row['name']
    : [Extract<Output, Row['output']>] extends [never]
      ? never
      : Row['name']
  : never;

/** The losses that a network may have which ends with the activation `Output`. */
export type LossNameFor<Output extends string> = string extends Output
  ? LossName
  : NameIfAllowed<LossRow, Output>;

export type LossSpecFor<Output extends string> = Extract<
  LossSpec,
  { readonly type: LossNameFor<Output> }
>;

/** softmax: crossEntropy; sigmoid: binaryCrossEntropy; else meanSquaredError. */
export function defaultLossFor(outputActivation: string): LossName {
  return lossTable.find((row) => row.output === outputActivation)?.name ?? 'meanSquaredError';
}

export function lossRowOf(loss: { readonly type: LossName } | CustomLoss): LossDescription {
  if (loss instanceof CustomLoss) return customLossRow;
  return lossTable.find((row) => row.name === loss.type) as LossDescription;
}

/** Checks a loss, also against the activation that the network ends with. */
export function resolveLoss(
  input: unknown,
  path: string,
  outputActivation: string,
  fallback: LossName = defaultLossFor(outputActivation),
): LossSpec | CustomLoss {
  if (isInstance(input, CustomLoss)) return input;
  const loss = normaliseLoss(withDefault(input, fallback), path);
  const { output } = lossRowOf(loss);
  if (output === null || output === outputActivation) return loss;
  throw new ArgumentError({
    path,
    expected: `a loss for a network that ends with ${outputActivation}`,
    received: `'${loss.type}', which needs ${output} at the end`,
    remedy:
      `Give the last layer activation: '${output}', or use the loss ` +
      `'${defaultLossFor(outputActivation)}'.`,
  });
}
