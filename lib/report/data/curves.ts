import type { CurvesSection, Measure, NetworkCurves, Value } from '../reportData.js';
import { finite, thinned } from './thinned.js';

/** Curves of trainings. */

/** What is known of an epoch, by a history or by the numbers that the folder of a run keeps. */
export interface EpochNumbers {
  readonly epoch: number;
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly validation: {
    readonly loss: number | null;
    readonly metrics: Readonly<Record<string, number | null>>;
  } | null;
  readonly learningRate: number | null;
}

/** The epochs of one training. */
export interface TrainedEpochs {
  /** Of several networks or trainings, from 1. */
  readonly member?: number | undefined;
  /** Which of the two are counted; networks where it is left out. */
  readonly counted?: NetworkCurves['counted'] | undefined;
  /** Whether it is the last training, on all rows. */
  readonly refit?: boolean | undefined;
  readonly bestEpoch?: number | null | undefined;
  readonly epochs: readonly EpochNumbers[];
  /** How many have ended, where these are not all of them. */
  readonly trained?: number | undefined;
}

/** More points than these no screen tells apart. */
const mostEpochs = 1000;

/** Null where not one epoch has ended. */
export function curvesOf(trainings: readonly TrainedEpochs[]): CurvesSection | null {
  const networks = trainings.filter(({ epochs }) => epochs.length > 0).map(networkCurves);
  return networks.length === 0 ? null : { type: 'curves', networks };
}

function networkCurves({
  member,
  counted,
  refit,
  bestEpoch,
  epochs,
  trained,
}: TrainedEpochs): NetworkCurves {
  const shown = thinned(epochs.length, mostEpochs).flatMap((index) => epochs[index] ?? []);
  return {
    member: member ?? null,
    counted: counted ?? 'networks',
    refit: refit ?? false,
    trained: trained ?? epochs.length,
    bestEpoch: bestEpoch ?? null,
    epochs: shown.map(({ epoch }) => epoch),
    measures: measuresOf(shown),
    learningRate: shown.map(({ learningRate }) => finite(learningRate)),
  };
}

function measuresOf(shown: readonly EpochNumbers[]): Measure[] {
  const [first] = shown;
  const hasValidation = shown.some(({ validation }) => validation !== null);
  const measure = (name: string, of: (numbers: Numbers) => number | null | undefined): Measure => {
    const values = (numbers: (epoch: EpochNumbers) => Numbers | null): Value[] =>
      shown.map((epoch) => {
        const own = numbers(epoch);
        return own === null ? null : finite(of(own));
      });
    return {
      name,
      training: values((epoch) => epoch),
      validation: hasValidation ? values(({ validation }) => validation) : null,
    };
  };
  return [
    measure('loss', ({ loss }) => loss),
    ...Object.keys(first?.metrics ?? {}).map((name) =>
      measure(name, ({ metrics }) => metrics[name]),
    ),
  ];
}

type Numbers = Pick<EpochNumbers, 'loss' | 'metrics'>;
