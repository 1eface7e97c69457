import type { GradientCheckOptions, GradientReport } from './gradientCheck.js';
import type { LearningRateCurve, LearningRateOptions } from './learningRate.js';
import { requireModel, type Trainable } from './model.js';

/** What is found out about a model and its data, without training it. */

/**
 * Compares the gradients of backpropagation with difference quotients of the loss. Both go through
 * the training pass of the library: with dropout and other noise, held still by the seed, and with the
 * statistics of the batch in batch normalisation. Use it when a network does not learn and everything
 * is suspect; its outcome is about the library, the layers and the loss, not about the data.
 *
 * The network computes in single precision, whose rounding a small step blows up and whose curvature a
 * large one picks up: steps of seven sizes are extrapolated to zero (Richardson 1911), and each
 * derivative comes with its uncertainty. A tensor passes when both gradients differ, in norm, by no more than
 * `tolerance` times the larger norm plus the uncertainty.
 *
 * ```ts
 * const report = await gradientCheck(model, { inputs: rows, targets });
 * if (!report.passed) console.log(report.worst?.name, report.worst?.worst.path);
 * ```
 *
 * @param model The model is not changed, and may train meanwhile.
 * @param data A few rows, as of `fit`, taken as one batch. It costs 14 forward passes for each entry.
 * @throws ArgumentError, ShapeError, DataError; DivergenceError when the loss is not finite.
 */
export async function gradientCheck<Kind extends Trainable>(
  model: Kind,
  data: Parameters<Kind['fit']>[0],
  options: GradientCheckOptions = {},
): Promise<GradientReport> {
  requireModel(model);
  return model.engine.checkGradients(data, options);
}

/**
 * The range test of learning rates (Smith 2017, Cyclical Learning Rates for Training Neural Networks):
 * trains a copy of the model for some updates, with a rate that grows exponentially from one to the
 * next, and watches the loss. Too low a rate leaves it where it is, a good one makes it fall, too high
 * a one makes it rise.
 *
 * ```ts
 * const { suggestion } = await findLearningRate(model, data, { optimizer: 'adam' });
 * await model.fit(data, { optimizer: adam({ learningRate: suggestion ?? 0.001 }) });
 * ```
 *
 * @param model The model is not changed. The test begins with its weights.
 * @param data As of `fit`.
 * @param options Optimizer, batchSize, gradientClipping and so on as they will be in `fit`: the rate that
 * suits one does not suit another. The rate of the optimizer itself does not matter.
 * @throws ArgumentError, ShapeError, DataError, MemoryError; DivergenceError when the first loss is not
 * finite
 */
export async function findLearningRate<Kind extends Trainable>(
  model: Kind,
  data: Parameters<Kind['fit']>[0],
  options: LearningRateOptions = {},
): Promise<LearningRateCurve> {
  requireModel(model);
  return model.engine.findLearningRate(data, options);
}
