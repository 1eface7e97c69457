import type { NativeNonFinite } from '../native.js';
import { normOf } from '../statistics.js';
import type { LayerStatistics, TrainingStatistics } from './statistics.js';

/**
 * What goes wrong in a training without being an error: rules over the losses of the epochs, and over the
 * statistics of the layers where a run has them. A rule is a row of a table.
 */

export type WarningCode =
  | 'constantTargets'
  | 'lossNotFalling'
  | 'lossRising'
  | 'overfitting'
  | 'nonFinite'
  | 'vanishingGradients'
  | 'explodingGradients'
  | 'vanishingOutputs'
  | 'deadUnits'
  | 'saturatedUnits'
  | 'largeUpdates'
  | 'damagedCheckpoint'
  | 'checkpointNotWritten';

/** A problem that a run has noticed; each code once in a run, but for `damagedCheckpoint`: once for each file. */
export interface TrainingWarning {
  readonly code: WarningCode;
  /** The epoch, from 1; 0 before the first one. */
  readonly epoch: number;
  /** Where: `targets`, `loss`, `validation.loss`, a layer, `layers[2]`, or a file. */
  readonly path: string;
  /** What was seen, with its numbers. */
  readonly problem: string;
  /** What to do, in full sentences. */
  readonly remedy: string;
  /** All of it in one text. */
  readonly message: string;
}

export type Finding = Pick<TrainingWarning, 'path' | 'problem'>;

export interface Rule<Seen> {
  readonly code: WarningCode;
  readonly remedy: string;
  /** What is wrong, or null. */
  readonly find: (seen: Seen) => Finding | null;
}

/** Epochs after which a loss has to have begun to fall, and by which share. */
const patience = 5;
const leastFall = 0.01;
/** A loss that is so many times its lowest is on its way up. */
const greatRise = 10;
/** A loss of the validation that is above its lowest by this share, epoch after epoch, does not come back. */
const greatLag = 0.1;
const lagPatience = 5;
/** Norms of gradients of two layers, or outputs, that are so far apart no longer go together. */
const tooFar = 1000;
/** Shares of units, or outputs, that are too many. */
const tooMany = 0.5;
/** An update of this share of the weights forgets what they had learnt. */
const tooLarge = 0.5;

export const constantTargets = {
  code: 'constantTargets',
  path: 'targets',
  problem: 'all rows have the same target',
  remedy:
    'There is nothing to tell apart: check the column of the targets, and how the rows were chosen.',
} as const;

export const damagedCheckpoint = {
  code: 'damagedCheckpoint',
  remedy:
    'It was passed over: the run goes on with an older one, or begins anew where there is none. If it is damaged, look at ' +
    'the disk that it lies on.',
} as const;

export const checkpointNotWritten = {
  code: 'checkpointNotWritten',
  remedy:
    'The training goes on and tries again at the next one; the checkpoints before are whole. Make room, or bring ' +
    'the folder back.',
} as const;

/** The last one of a run: nothing tries again. */
export const endNotWritten = {
  code: checkpointNotWritten.code,
  remedy:
    'What was learnt since is in the model alone, and the checkpoints before are whole. Make room, or bring the ' +
    'folder back, before the next run.',
} as const;

/** Numbers that were not finite, where the run went on, by the option `onNonFinite`. */
export const nonFinite = {
  code: 'nonFinite',
  remedy:
    'history.nonFinite lists all places. Scale the inputs, take a lower learning rate, or look for extreme values.',
  find: ({ epoch, batch, action }: NativeNonFinite): Finding => ({
    path: 'loss',
    problem:
      `numbers were not finite in epoch ${epoch}, batch ${batch}: ` +
      (action === 'rollback'
        ? 'the run went back to the beginning of the epoch, with a lower learning rate'
        : 'that update was left out'),
  }),
} as const;

/** The losses of the epochs so far. Its numbers change: no object is made for an epoch. */
export class LossCourse {
  epochs = 0;
  first = Number.NaN;
  /** Since the first; infinite after one epoch. */
  lowestSince = Number.POSITIVE_INFINITY;
  last = Number.NaN;

  get lowest(): number {
    return Math.min(this.first, this.lowestSince);
  }

  /** Takes the loss of the next epoch; returns whether one of the rules may find something. */
  add(loss: number): boolean {
    if (this.epochs === 0) this.first = loss;
    else if (loss < this.lowestSince) this.lowestSince = loss;
    this.epochs++;
    this.last = loss;
    return this.epochs === patience || loss > greatRise * this.lowest;
  }
}

/** The losses of the validation so far, beside those of the training. */
export class ValidationCourse {
  epochs = 0;
  first = Number.NaN;
  last = Number.NaN;
  lowest = Number.POSITIVE_INFINITY;
  lowestEpoch = 0;
  /** Of the training: in the epoch of the lowest loss of the validation, and in the last one. */
  trainingAtLowest = Number.NaN;
  training = Number.NaN;
  /** Epochs in a row that end here and lie well above the lowest one. */
  epochsAbove = 0;

  /** Takes the losses of the next epoch; returns whether the rule may find something. */
  add(validation: number, training: number): boolean {
    if (this.epochs === 0) this.first = validation;
    this.epochs++;
    this.last = validation;
    this.training = training;
    if (validation < this.lowest) {
      this.lowest = validation;
      this.lowestEpoch = this.epochs;
      this.trainingAtLowest = training;
    }
    // Near the end of a good training losses are small, and a share of them is noise beside what was learned.
    const rise = greatLag * Math.max(Math.abs(this.lowest), this.first - this.lowest);
    this.epochsAbove = validation > this.lowest + rise ? this.epochsAbove + 1 : 0;
    return this.epochsAbove === lagPatience;
  }
}

/** Where a run validates, and does not go back to its best epoch by itself. */
export const validationRules: readonly Rule<ValidationCourse>[] = [
  {
    code: 'overfitting',
    remedy:
      'The network learns its rows by heart: train for fewer epochs or keep the best one (earlyStopping), take ' +
      'decay (adamW with a weightDecay of 1, say), dropout or a smaller network, or give it more rows.',
    find({ epochs, last, lowest, lowestEpoch, training, trainingAtLowest, epochsAbove }) {
      if (epochsAbove < lagPatience || training >= trainingAtLowest) return null;
      const fallen = `that of the training has fallen to ${short(training)}`;
      const numbers = `${short(last)} in epoch ${epochs}, ${short(lowest)} in epoch ${lowestEpoch}`;
      return { path: 'validation.loss', problem: `it rises, while ${fallen}: ${numbers}` };
    },
  },
];

/** After every epoch that may have something to them: see `LossCourse.add`. */
export const lossRules: readonly Rule<LossCourse>[] = [
  {
    code: 'lossNotFalling',
    remedy:
      'Unless the model had converged before, find a learning rate (findLearningRate), scale the inputs ' +
      'to mean 0 and spread 1, check that inputs and targets belong to the same rows, and look into the ' +
      'layers with the option statistics.',
    find({ epochs, first, lowestSince }) {
      if (epochs !== patience || first - lowestSince >= leastFall * Math.abs(first)) return null;
      const numbers = `${short(first)} in the first one, ${short(lowestSince)} at best since`;
      return { path: 'loss', problem: `it has not fallen in ${epochs} epochs: ${numbers}` };
    },
  },
  {
    code: 'lossRising',
    remedy:
      'The training diverges: lower the learning rate, scale the inputs, or bound the gradients ' +
      '(gradientClipping).',
    find({ epochs, first, lowest, last }) {
      // A loss near its end may well double; below the first one it is still a success.
      if (!(last > greatRise * lowest && last > first)) return null;
      const numbers = `${short(last)} in epoch ${epochs}, ${short(lowest)} at best`;
      return { path: 'loss', problem: `it rises: ${numbers}` };
    },
  },
];

/** Over the newest statistics and those before them. */
export const statisticsRules: readonly Rule<readonly TrainingStatistics[]>[] = [
  {
    code: 'vanishingGradients',
    remedy:
      'The layer hardly learns. Use relu or one of its kin in place of sigmoid and tanh, the initializer ' +
      'that suits the activation, batchNorm or residual blocks.',
    find(all) {
      return comparedWithLast(all, (ratio) => 1 / ratio, 'smaller');
    },
  },
  {
    code: 'explodingGradients',
    remedy:
      'Bound the gradients (gradientClipping: { norm: 1 }), lower the learning rate, take smaller first ' +
      'weights, batchNorm or residual blocks.',
    find(all) {
      return comparedWithLast(all, (ratio) => ratio, 'larger') ?? grownGradients(all);
    },
  },
  {
    code: 'vanishingOutputs',
    remedy:
      'Signals die out on their way through the network: take larger first weights, those of the ' +
      'initializer that suits the activation, or batchNorm.',
    find(all) {
      const layers = hidden(newest(all));
      for (const [place, layer] of layers.entries()) {
        const before = layers.slice(0, place);
        const widest = before.reduce((most, { outputs }) => Math.max(most, outputs.std), 0);
        const { std } = layer.outputs;
        if (std === 0 || !(widest > tooFar * std)) continue;
        const numbers = `a standard deviation of ${short(std)}, after ${short(widest)} before it`;
        return { path: layer.path, problem: `its outputs hardly differ: ${numbers}` };
      }
      return null;
    },
  },
  {
    code: 'deadUnits',
    remedy:
      'Dead rectifiers do not come back: lower the learning rate, start with biases of 0, use leakyRelu ' +
      'or elu, or put batchNorm before the activation.',
    find(all) {
      const [worst] = activated(newest(all)).sort((a, b) => b.deadUnits - a.deadUnits);
      if (worst === undefined || worst.deadUnits <= tooMany) return null;
      const share = percent(worst.deadUnits);
      return { path: worst.path, problem: `${share} of its units give 0 for every row` };
    },
  },
  {
    code: 'saturatedUnits',
    remedy:
      'Take smaller first weights, those of the initializer that suits the activation, scale the inputs ' +
      'to mean 0 and spread 1, lower the learning rate, or put batchNorm before the activation.',
    find(all) {
      const layers = activated(hidden(newest(all)));
      const [worst] = layers.sort((a, b) => (b.saturated ?? 0) - (a.saturated ?? 0));
      if (worst?.saturated == null || worst.saturated <= tooMany) return null;
      const share = percent(worst.saturated);
      return {
        path: worst.path,
        problem: `its activation is all but flat at ${share} of its outputs`,
      };
    },
  },
  {
    code: 'largeUpdates',
    remedy: 'Lower the learning rate: about a thousandth suits most networks.',
    find(all) {
      const layers = newest(all).filter(({ updateRatio }) => updateRatio !== null);
      const [worst] = layers.sort((a, b) => (b.updateRatio ?? 0) - (a.updateRatio ?? 0));
      if (worst?.updateRatio == null || worst.updateRatio <= tooLarge) return null;
      const share = percent(worst.updateRatio);
      return {
        path: worst.path,
        problem: `one update changes its weights by ${share} of their size`,
      };
    },
  },
];

export function warningOf(
  { code, remedy }: Pick<TrainingWarning, 'code' | 'remedy'>,
  { path, problem }: Finding,
  epoch: number,
): TrainingWarning {
  return { code, epoch, path, problem, remedy, message: `${path}: ${problem}. ${remedy}` };
}

const newest = (all: readonly TrainingStatistics[]): LayerStatistics[] => [
  ...(all.at(-1)?.layers ?? []),
];

/** Without those that give outputs, which may well be sure of themselves. */
const hidden = (layers: readonly LayerStatistics[]): LayerStatistics[] =>
  layers.filter(({ isOutput }) => !isOutput);

/** Those with an activation for each unit; noise replaces outputs by 0 on purpose. */
const activated = (layers: readonly LayerStatistics[]): LayerStatistics[] =>
  layers.filter(
    ({ type, saturated }) => (type === 'dense' || type === 'activation') && saturated !== null,
  );

/** Layers whose weights learn, with the norm of the gradient that comes back to them. */
function learning(layers: readonly LayerStatistics[]): LearningLayer[] {
  return layers.flatMap(({ path, isOutput, gradients, outputGradients }) =>
    gradients === null || outputGradients === null
      ? []
      : [{ path, isOutput, norm: outputGradients.norm }],
  );
}

interface LearningLayer {
  readonly path: string;
  readonly isOutput: boolean;
  readonly norm: number;
}

/** The last one; of several that give outputs, the one with the largest gradient. */
function lastOf(layers: readonly LearningLayer[]): LearningLayer | undefined {
  const outputs = layers.filter(({ isOutput }) => isOutput);
  return outputs.sort((a, b) => b.norm - a.norm)[0] ?? layers.at(-1);
}

/** The layer that is furthest from the last one; `distance` of the ratio of their norms. */
function comparedWithLast(
  all: readonly TrainingStatistics[],
  distance: (ratio: number) => number,
  comparison: string,
): Finding | null {
  const layers = learning(newest(all));
  const last = lastOf(layers);
  if (last === undefined || last.norm === 0) return null;
  const [worst] = layers
    .filter(({ norm, isOutput }) => norm > 0 && !isOutput)
    .sort((a, b) => distance(b.norm / last.norm) - distance(a.norm / last.norm));
  if (worst === undefined) return null;
  const times = distance(worst.norm / last.norm);
  if (times <= tooFar) return null;
  const numbers = `${short(worst.norm)} against ${short(last.norm)}`;
  return {
    path: worst.path,
    problem: `its gradient is ${short(times)} times ${comparison} than that of ${last.path}: ${numbers}`,
  };
}

/** Of all weights together, since the first look. */
function grownGradients(all: readonly TrainingStatistics[]): Finding | null {
  const size = ({ layers }: TrainingStatistics) =>
    normOf(layers.map(({ gradients }) => gradients?.norm ?? 0));
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return null;
  const [before, now] = [size(first), size(last)];
  if (!(before > 0 && now > tooFar * before)) return null;
  const largest = [...last.layers].sort(
    (a, b) => (b.gradients?.norm ?? 0) - (a.gradients?.norm ?? 0),
  )[0];
  return {
    path: largest?.path ?? 'layers',
    problem: `gradients have grown from ${short(before)} to ${short(now)}`,
  };
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (share: number): string => `${Math.round(100 * share)} %`;
