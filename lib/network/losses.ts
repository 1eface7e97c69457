import { isInstance } from '../builtins.js';
import { withDefault } from '../checks.js';
import { ArgumentError } from '../errors.js';
import type { LossDescription } from '../native.js';
import { CustomLoss, customLossRow } from './customLoss.js';
import type { InputNamed } from './data.js';
import {
  type ActivationName,
  type LossName,
  type LossOption,
  type LossSpec,
  lossTable,
} from './generated.js';
import { normaliseLoss } from './rows.js';

/** Which loss goes with which network, and what it wants as targets. */

type LossRow = (typeof lossTable)[number];

/** Those that fit any end, and those that are fused with this one. */
type FittingName<Output, Row extends LossRow = LossRow> = Row extends {
  readonly output: null | Output;
  readonly name: infer Name;
}
  ? Name
  : never;

type FittingLoss<Output> = InputNamed<FittingName<Output>, LossSpec>;

/** What the option `loss` takes, by the activation that the network ends with. */
type FittingOptions = {
  readonly [Output in ActivationName]: FittingName<Output> | FittingLoss<Output>;
};

/** The same, and all losses where the end is not known. */
interface LossOptions extends FittingOptions {
  readonly [output: string]: LossOption;
}

/**
 * The losses that a network may have which ends with the activation `Output`, as an option: a name, or data
 * with parameters. (Looked up, not computed: the compiler then sees that a network that ends with softmax is
 * a network that ends with anything.)
 */
export type LossOptionFor<Output extends string> = LossOptions[Output];

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
