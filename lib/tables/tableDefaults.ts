import type { ScalingName } from '../data/columns/scalings.js';
import type { TargetColumn } from '../data/tableSchema.js';
import {
  type ActivationSpec,
  glorotUniform,
  type InitializerSpec,
  type OptimizerSpec,
} from '../network/generated.js';
import { normaliseInitializer, normaliseOptimizer } from '../network/rows.js';
import { type TabularTraining, tabularTraining } from './tabular.js';
import type { NetworkName } from './trainingPlan.js';

/** How networks learn the target of a table where nobody has decided it; docs/published-facts.md has what came of it. */

interface UsualOptions {
  readonly learningRate?: number | undefined;
  readonly weightDecay?: number | undefined;
}

/** By which weights decay: an update takes this, times the learning rate, from each. */
const usualDecay = 1;

export function usualOptimizer({
  learningRate,
  weightDecay = usualDecay,
}: UsualOptions = {}): OptimizerSpec {
  return normaliseOptimizer({ type: 'adamW', learningRate, weightDecay }, 'optimizer');
}

/** First weights below those that carry signals through many layers of relu: these networks have two, and decay. */
export function usualInitializer({ type }: ActivationSpec): InitializerSpec | undefined {
  return type === 'relu' ? normaliseInitializer(glorotUniform(), 'kernelInitializer') : undefined;
}

/** How numbers are scaled; undefined for the usual way. */
export function usualScale(network: NetworkName | undefined): ScalingName | undefined {
  return network === 'tabular' ? 'robust' : undefined;
}

/** How the network of `tabular` learns a target, but for its epochs and batches, which are planned. */
export function tabularUsage(
  target: TargetColumn | null,
  learningRate?: number,
): Pick<TabularTraining, 'loss' | 'optimizer' | 'schedule'> {
  const classes = target?.type === 'classes' ? target.classes.length : undefined;
  const { loss, optimizer, schedule } = tabularTraining({ classes, learningRate });
  return { loss, optimizer, schedule };
}
