import type { Matrix } from '../data/matrix.js';
import type { Task } from '../data/targetInference.js';
import type { History } from '../model/events.js';
import type { Sequential } from '../model/sequential.js';
import { type EncodedTable, type MemberRows, memberFolds } from './memberFolds.js';
import { type HeldOutPart, judgeOutOfFold, type OutOfFold, stacked } from './outOfFold.js';
import { fittedTemperature, temper, tempered } from './temperature.js';

/** Several networks, one after the other: each learns from all folds but one, and is judged by that. */

/** A network of several, from 1. */
export interface MemberPlace {
  readonly member: number;
  readonly members: number;
}

export interface MemberTraining {
  readonly data: EncodedTable;
  readonly task: Task;
  readonly members: number;
  /** Of the folds, and of the first network; the others have those behind it. */
  readonly seed: number;
  readonly threads?: number | undefined;
  /** For all of them together, in seconds. */
  readonly timeLimit?: number | undefined;
  /** Whether probabilities are to be brought in line with what comes true. */
  readonly calibrates: boolean;
  readonly build: (seed: number, place: MemberPlace) => Sequential;
  /** Trains a network until its end. */
  readonly train: (
    model: Sequential,
    rows: MemberRows,
    place: MemberPlace,
    timeLimit: number | undefined,
  ) => Promise<History>;
}

export interface TrainedMembers {
  readonly networks: readonly [Sequential, ...Sequential[]];
  readonly histories: readonly [History, ...History[]];
  readonly judgement: OutOfFold;
  /** By which the logits were divided; null where nothing was calibrated. */
  readonly temperature: number | null;
  /** Why the training of all has ended: `stopped` also where a network was, and is not among them. */
  readonly stopReason: History['stopReason'];
}

/**
 * Trains the networks, and judges them by the rows that they have not learned from. When one is stopped, those before
 * it are what there is; the first one is kept as it is.
 */
export async function trainMembers(training: MemberTraining): Promise<TrainedMembers> {
  const { data, task, members, seed, threads, calibrates, build, train } = training;
  const trained: TrainedMember[] = [];
  const clock = new SharedTime(training);
  const reasons: History['stopReason'][] = [];
  for (const rows of memberFolds(data, { members, seed, task })) {
    const place = { member: trained.length + 1, members };
    const model = build((seed + place.member - 1) >>> 0, place);
    const history = await train(model, rows, place, clock.shareOf(place));
    clock.spend(history.seconds);
    const isStopped = history.stopReason === 'stopped';
    reasons.push(history.stopReason);
    if (isStopped && trained.length > 0) break;
    const outputs = await model.predict(rows.heldOut.inputs, { threads });
    trained.push({ model, history, outputs, targets: rows.heldOut.targets });
    if (isStopped) break;
  }
  const [first, ...others] = trained;
  if (first === undefined) throw new TypeError('folds without rows');
  const temperature = calibrates && task === 'classification' ? temperatureOf(trained) : null;
  const parts = trained.map(({ outputs, targets }) => ({
    outputs: temperature === null ? outputs : tempered(outputs, temperature),
    targets,
  }));
  if (temperature !== null) for (const { model } of trained) temper(model, temperature);
  return {
    networks: [first.model, ...others.map(({ model }) => model)],
    histories: [first.history, ...others.map(({ history }) => history)],
    judgement: judgeOutOfFold(parts, task),
    temperature,
    stopReason: reasonOf(reasons),
  };
}

/** What has ended one before its end has ended all. */
function reasonOf(reasons: readonly History['stopReason'][]): History['stopReason'] {
  const ended = (['stopped', 'timeLimit'] as const).find((reason) => reasons.includes(reason));
  return ended ?? reasons.at(-1) ?? 'completed';
}

interface TrainedMember extends HeldOutPart {
  readonly model: Sequential;
  readonly history: History;
  readonly outputs: Matrix;
}

function temperatureOf(parts: readonly HeldOutPart[]): number {
  const classes = parts.flatMap(({ targets }) => Array.from(targets));
  return fittedTemperature(stacked(parts.map(({ outputs }) => outputs)), classes);
}

/** A limit of time that networks share: what one leaves is the others'. */
class SharedTime {
  #left: number | undefined;

  constructor({ timeLimit }: MemberTraining) {
    this.#left = timeLimit;
  }

  shareOf({ member, members }: MemberPlace): number | undefined {
    if (this.#left === undefined) return undefined;
    // A limit has to be above 0; with next to nothing left, a network ends after its first batch.
    return Math.max(this.#left / (members - member + 1), Number.EPSILON);
  }

  spend(seconds: number): void {
    if (this.#left !== undefined) this.#left -= seconds;
  }
}
