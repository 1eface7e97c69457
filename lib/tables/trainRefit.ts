import type { MatrixInput } from '../data/matrix.js';
import type { History } from '../model/events.js';
import type { Sequential } from '../model/sequential.js';
import { temper } from './temperature.js';
import {
  type JudgedTraining,
  judged,
  type MemberPlace,
  reasonOf,
  type TrainedNetworks,
} from './trainMembers.js';

/**
 * One network where rows are many: some of them tell for how many epochs to train, what the model is worth and how far its
 * probabilities are to be trusted; then all of them train it, for as many epochs.
 */

interface Rows {
  readonly inputs: MatrixInput;
  readonly targets: Int32Array | Float32Array;
}

export interface RefitTraining extends JudgedTraining {
  readonly training: Rows;
  readonly heldOut: Rows;
  /** Both of them. */
  readonly all: Rows;
  readonly epochs: number;
  /** Trains a network until its end; with `heldOut`, it has the weights of the epoch that was best for those rows. */
  readonly train: (model: Sequential, part: RefitPart, place: MemberPlace) => Promise<History>;
}

/** One of the two trainings. */
export interface RefitPart {
  readonly rows: Rows;
  readonly heldOut: Rows | null;
  readonly epochs: number;
  readonly timeLimit: number | undefined;
}

/**
 * The last training may take as long for an epoch as the first, and a little more for the rows that were kept from it; where
 * it does not get to its end, it was for nothing.
 */
const shareOfFirst = 0.45;

/** Trains twice. A last training that is ended before its end counts for nothing: the network before it was judged. */
export async function trainRefit(training: RefitTraining): Promise<TrainedNetworks> {
  const { heldOut, all, seed, threads, budget, build, train } = training;
  const place = { member: 1, members: 1 };
  const network = build(seed, { ...place, refit: false });
  const first = await train(
    network,
    {
      ...{ rows: training.training, heldOut, epochs: training.epochs },
      timeLimit: budget.shareOf(shareOfFirst),
    },
    { ...place, refit: false },
  );
  budget.spend(first.seconds);
  const outputs = await network.predict(heldOut.inputs, { threads });
  const judgement = judged([{ outputs, targets: heldOut.targets }], training);
  const { bestEpoch: epochs } = first;
  if (epochs === null || budget.isOverWith(first)) {
    return ended(network, [first], judgement);
  }
  const last = build(seed, { ...place, refit: true });
  const history = await train(
    last,
    { rows: all, heldOut: null, epochs, timeLimit: budget.shareOf(1) },
    { ...place, refit: true },
  );
  return ended(isWhole(history) ? last : network, [first, history], judgement);
}

function isWhole({ stopReason }: History): boolean {
  return stopReason !== 'stopped' && stopReason !== 'timeLimit';
}

/** Whether a training that has ended so has got to the end of the last one, on all rows. */
export function hasRefit({ histories: [, last] }: Pick<TrainedNetworks, 'histories'>): boolean {
  return last !== undefined && isWhole(last);
}

function ended(
  network: Sequential,
  histories: readonly [History, ...History[]],
  { judgement, temperature }: Pick<TrainedNetworks, 'judgement' | 'temperature'>,
): TrainedNetworks {
  if (temperature !== null) temper(network, temperature);
  const stopReason = reasonOf(histories.map((history) => history.stopReason));
  return { networks: [network], histories, judgement, temperature, stopReason };
}
