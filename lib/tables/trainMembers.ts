import type { TableSchema } from '../data/tableSchema.js';
import type { Task } from '../data/targetInference.js';
import type { History } from '../model/events.js';
import type { Sequential } from '../model/sequential.js';
import { type EncodedTable, memberFolds } from './memberFolds.js';
import { type ScaledFold, scaledFold } from './memberScales.js';
import { type HeldOutPart, judgeOutOfFold, type OutOfFold, stacked } from './outOfFold.js';
import { fittedTemperature, temper, tempered } from './temperature.js';
import type { TimeBudget } from './timeBudget.js';

/** Several networks, one after the other: each learns from all folds but one, and is judged by that. */

/** A network of several, from 1. */
export interface MemberPlace {
  readonly member: number;
  readonly members: number;
  /**
   * Of a network that is trained once more, on all rows, when others have told for how many epochs: whether this is that
   * last training.
   */
  readonly refit?: boolean;
}

/** What all trainings of networks have that are judged by rows which they have not learned from. */
export interface JudgedTraining {
  readonly task: Task;
  /** Of the rows that are drawn, and of the first network; others have those behind it. */
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly budget: TimeBudget;
  /** Whether probabilities are to be brought in line with what comes true. */
  readonly calibrates: boolean;
  readonly build: (seed: number, place: MemberPlace) => Sequential;
}

export interface MemberTraining extends JudgedTraining {
  readonly data: EncodedTable;
  readonly schema: TableSchema;
  readonly members: number;
  /** Whether the networks have learned before, by scales that they keep. */
  readonly goesOn: boolean;
  /** Trains a network until its end. */
  readonly train: (
    model: Sequential,
    fold: ScaledFold,
    place: MemberPlace,
    timeLimit: number | undefined,
  ) => Promise<History>;
}

/** What a training of the networks of a table gives. */
export interface TrainedNetworks {
  /** That predict together. */
  readonly networks: readonly [Sequential, ...Sequential[]];
  /** Of each training. */
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
export async function trainMembers(training: MemberTraining): Promise<TrainedNetworks> {
  const { data, schema, task, members, goesOn, seed, threads, budget, build, train } = training;
  const trained: TrainedMember[] = [];
  const reasons: History['stopReason'][] = [];
  for (const rows of memberFolds(data, { members, seed, task })) {
    const place = { member: trained.length + 1, members };
    const model = build((seed + place.member - 1) >>> 0, place);
    const fold = scaledFold(rows, schema, model, !goesOn);
    const share = budget.shareOf(1 / (members - place.member + 1));
    const history = await train(model, fold, place, share);
    budget.spend(history.seconds);
    const isStopped = budget.isOverWith(history);
    reasons.push(history.stopReason);
    if (isStopped && trained.length > 0) break;
    const outputs = await model.predict(fold.heldOut.inputs, { threads });
    trained.push({ model, history, ...fold.judged(outputs) });
    fold.join(model);
    if (isStopped) break;
  }
  const [first, ...others] = trained;
  if (first === undefined) throw new TypeError('folds without rows');
  const { judgement, temperature } = judged(trained, training);
  const networks = [first.model, ...others.map(({ model }) => model)] as const;
  if (temperature !== null) for (const network of networks) temper(network, temperature);
  return {
    networks,
    histories: [first.history, ...others.map(({ history }) => history)],
    judgement,
    temperature,
    stopReason: reasonOf(reasons),
  };
}

/** What has ended one before its end has ended all. */
export function reasonOf(reasons: readonly History['stopReason'][]): History['stopReason'] {
  const ended = (['stopped', 'timeLimit'] as const).find((reason) => reasons.includes(reason));
  return ended ?? reasons.at(-1) ?? 'completed';
}

interface TrainedMember extends HeldOutPart {
  readonly model: Sequential;
  readonly history: History;
}

/** What networks are worth whose probabilities are calibrated; their weights are not, yet. */
export function judged(
  parts: readonly HeldOutPart[],
  { task, calibrates }: Pick<JudgedTraining, 'task' | 'calibrates'>,
): Pick<TrainedNetworks, 'judgement' | 'temperature'> {
  if (!calibrates || task !== 'classification') {
    return { judgement: judgeOutOfFold(parts, task), temperature: null };
  }
  const temperature = temperatureOf(parts);
  const calibrated = parts.map(({ outputs, targets }) => ({
    outputs: tempered(outputs, temperature),
    targets,
  }));
  return { judgement: judgeOutOfFold(calibrated, task), temperature };
}

function temperatureOf(parts: readonly HeldOutPart[]): number {
  const classes = parts.flatMap(({ targets }) => Array.from(targets));
  return fittedTemperature(stacked(parts.map(({ outputs }) => outputs)), classes);
}
