import type { EpochResult } from '../../model/events.js';
import { entropyOf, isWorseThanBaseline, type OutOfFold } from '../../tables/outOfFold.js';
import { formatNumber } from '../../terminal/style.js';
import { learningFlags, tableFlags } from '../arguments/sharedFlags.js';
import { wordsOfFlags } from '../run/commandWords.js';
import { shellPath, shellWord } from '../terminal/shellText.js';
import { classesOf, type TrainingData } from '../training/trainingData.js';
import type { TrainOptions } from './trainArguments.js';
import { targetUnits } from './units.js';

/** How far a model can be trusted, in sentences. */

/** `typical error 55.2 ± 2.1 (root mean square); 'y' itself varies by 77.1, of which 48 % is explained`. */
export function judgementText(data: TrainingData, judgement: OutOfFold): string {
  const { score, scoreSpread, baselineScore, loss, r2 = 0, calibrationError = 0 } = judgement;
  const spreadText = (text: string): string => (judgement.folds > 1 ? ` ± ${text}` : '');
  const units = targetUnits(data);
  if (units !== null) {
    const inUnits = (value: number): string => formatNumber(value * units.deviation);
    const [error, itself] = [inUnits(score), inUnits(baselineScore)];
    const share = r2 > 0 ? `, and ${percent(r2)} of its variance is explained` : '';
    return `typical error ${error}${spreadText(inUnits(scoreSpread))} (root mean square); '${units.name}' itself varies by ${itself}${share}`;
  }
  const baseline = `always saying '${commonestClass(data)}' is for ${percent(baselineScore)}`;
  const right = `right for ${percent(score)}${spreadText(percent(scoreSpread))} of the rows; ${baseline}`;
  return `${right}; loss ${formatNumber(loss)}, calibration error ${formatNumber(calibrationError)}`;
}

/** What several networks are worth that are worse than the same answer for all rows; null where they are not. */
export function worseText(data: TrainingData, judgement: OutOfFold): string | null {
  if (!isWorseThanBaseline(judgement)) return null;
  const { score, baselineScore, loss, baselineLoss } = judgement;
  if (data.task === 'regression' || score <= baselineScore) return baselineText(data);
  const losses = `${formatNumber(loss)} against ${formatNumber(baselineLoss)}`;
  return `The probabilities of the model are worse than the shares of the classes (loss ${losses}), though it is right more often than always saying '${commonestClass(data)}': do not rely on them. It may have had too few rows, or too many epochs.`;
}

/** What a model is worth that is worse than the same answer for all rows. */
export function baselineText(data: TrainingData): string {
  const units = targetUnits(data);
  const baseline =
    units === null
      ? `than always saying '${commonestClass(data)}'`
      : `than the mean of '${units.name}' for every row`;
  return `The model is worse ${baseline}: what it predicts is not to be relied on. The columns may have nothing to do with the target, or it had too few rows or epochs.`;
}

/**
 * Whether the same answer for all rows of the validation would have been better; false where it is not known. A model
 * of classes has to be right less often and to have probabilities that say less: of rare classes these may tell much.
 */
export function isWorseThanOneAnswer(data: TrainingData, result: EpochResult | undefined): boolean {
  const { loss, metrics } = result?.validation ?? {};
  if (loss === undefined || metrics === undefined || data.targets === null) return false;
  // Targets have a variance of 1.
  if (data.task === 'regression') return loss > 1;
  const { accuracy } = metrics as Readonly<Record<string, number | undefined>>;
  const rows = data.targets.length;
  const shares = countsOf(data).map((count) => count / rows);
  return accuracy !== undefined && accuracy < Math.max(...shares) && loss > entropyOf(shares);
}

/** Where a search pays: the networks tell something, but little. Null elsewhere. */
export function searchText(options: TrainOptions, judgement: OutOfFold): string | null {
  const { data, target } = options;
  const isLittle = judgement.loss > 0.5 * judgement.baselineLoss;
  if (!isLittle || isWorseThanBaseline(judgement) || target === undefined) return null;
  const command = [
    ...['layerwise', 'search', shellPath(data), '--target', shellWord(target)],
    ...wordsOfFlags({ task: learningFlags.task, ...tableFlags }, { ...options }),
    ...(judgement.folds > 1 ? ['--folds', '5'] : []),
  ].join(' ');
  return `Other layers, activations and rates may suit these rows better: ${command}`;
}

function commonestClass(data: TrainingData): string {
  const counts = countsOf(data);
  return classesOf(data)?.[counts.indexOf(Math.max(...counts))] ?? '';
}

/** Rows of each class. */
function countsOf(data: TrainingData): number[] {
  const counts = (classesOf(data) ?? []).map(() => 0);
  for (const kind of data.targets ?? []) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
