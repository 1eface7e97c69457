import { basename } from 'node:path';
import {
  countRule,
  isPlainObject,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import type { SurveyOptions } from '../data/table.js';
import { ArgumentError } from '../errors.js';
import type { FitOptions } from '../model/fitOptions.js';
import type { RunListenerOption } from '../model/listeners.js';
import { readRunOptions } from '../model/runRows.js';
import type { SupervisedData } from '../model/supervisedData.js';
import { TrainingRun } from '../model/trainingRun.js';
import type {
  LossOption,
  MetricName,
  OptimizerOption,
  ScheduleOption,
} from '../network/generated.js';
import { normaliseOptimizer } from '../network/rows.js';
import type { Intervals } from './intervals.js';
import type { Member } from './members.js';
import { readTable, type TableInput } from './readTable.js';
import { type DividedData, type HeldOut, readTableData, type TableData } from './tableData.js';
import { MemberLog, type TableTrainingEvent } from './tableEvents.js';
import { historyOf, type TableHistory, type TableRun } from './tableRun.js';
import { type TableControl, trainTable } from './tableTraining.js';
import { learnIntervals, requireIntervals } from './trainIntervals.js';
import type { TrainingPlan } from './trainingPlan.js';
import { type RecordedTraining, type TrainingRecord, trainingRecordOf } from './trainingRecord.js';

/** The training of a model of a table. */

/**
 * Which rows are kept from the training, to tell after each epoch how good the model is on rows that it has not
 * seen: a share of them, drawn by the seed (of each class its share); whole groups of rows; the last rows, which are
 * the newest of a table in the order of time; or another table.
 */
export type TableValidation =
  | number
  | { readonly share?: number; readonly groups: string }
  | { readonly last: number }
  | { readonly table: TableInput };

/** Options of `TableModel.fit`: those of `fit` of a network, but for its data. */
export interface TableFitOptions<Metric extends MetricName = never>
  extends Omit<FitOptions<SupervisedData, string, Metric>, 'validation' | 'onEvent' | 'listeners'> {
  /**
   * Which rows are kept from the training: a share such as 0.1, `{ groups: 'patient' }`, `{ last: 1000 }` or
   * `{ table }`. Scales and categories come from the rows that train alone. Where it is given, one network is trained.
   *
   * @default none where several networks judge each other's rows; else 0.1, none for fewer than 10 rows
   */
  readonly validation?: TableValidation | undefined;
  /**
   * Called with every event of every network; see `Sequential.fit`.
   *
   * @default none
   */
  readonly onEvent?: ((event: TableTrainingEvent<NoInfer<Metric>>) => void) | undefined;
  /**
   * Told of every network beside `onEvent`; see `Sequential.fit`.
   *
   * @default none
   */
  readonly listeners?:
    | readonly RunListenerOption<TableTrainingEvent<NoInfer<Metric>>>[]
    | undefined;
}

/** What the model on top gives and takes. */
export interface TableLearner {
  /** Told the columns that are no inputs, beside its own. */
  surveyOptions(header: boolean): SurveyOptions;
  /** Of the rows that are drawn for validation, and of the first network. */
  readonly seed: number;
  /** What is known of the table, where the model goes on to learn. */
  readonly known: TableData['schema'] | undefined;
  /** Sees to it that nothing else trains the model. */
  train<Result>(action: () => Promise<Result>): Promise<Result>;
  /** @throws ArgumentError for several networks that are asked for beside what is about one. */
  requireOne(single: string): void;
  plan(data: DividedData, wanted: Wanted): TrainingPlan;
  /** What is trained, and how where the options of `fit` do not say it. */
  begin(data: TableData, plan: TrainingPlan, wanted: Wanted): Begun;
  /**
   * Takes over what is trained.
   *
   * @param training nothing before its end
   * @param hasMore whether there is more of it to do
   */
  adopt(
    data: TableData,
    networks: readonly Member[],
    training?: TrainingRecord,
    hasMore?: boolean,
    intervals?: Intervals,
  ): void;
  /** The share of what comes that intervals are to hold. */
  readonly intervals: number | undefined;
}

/** What the options of `fit` leave to the plan. */
export interface Wanted {
  readonly epochs: number | undefined;
  readonly batchSize: number | undefined;
  readonly validation: number;
  /** Whether something is asked for that is about one network. */
  readonly isSingle: boolean;
  /** Whether nobody has named an optimizer. */
  readonly isUsual: boolean;
}

export interface Begun {
  /** @param member from 1 */
  readonly networkOf: (member: number, seed: number) => Member;
  /** A new network, of the kind that learns the target. */
  readonly build: (seed: number) => Member;
  /** Makes the model what it was before: nothing was trained. */
  undo(): void;
  /** Options of the training of a network that take the place of those that are not given. */
  readonly usual: {
    readonly loss?: LossOption;
    readonly optimizer?: OptimizerOption;
    readonly schedule?: ScheduleOption;
  };
}

export function fitTableModel<Metric extends string>(
  learner: TableLearner,
  input: TableInput,
  given: object = {},
): TableRun<Metric> {
  return new TrainingRun<Metric, TableTrainingEvent<Metric>, TableHistory<Metric>>(() => {
    const options = requireObject(given, 'options');
    const { signal, handleSignals, onEvent, listeners, validation, ...training } = options;
    const log = new MemberLog<Metric>();
    const split = readValidation(withDefault(validation, usualShare));
    const single = ofOneNetwork.find((name) => isAsked(options[name]));
    if (single !== undefined) learner.requireOne(single);
    const isSingle = single !== undefined;
    for (const name of ['epochs', 'batchSize'] as const) {
      if (training[name] !== undefined) requireInteger(training[name], name, countRule);
    }
    return {
      ...readRunOptions<TableTrainingEvent<Metric>>({ signal, handleSignals, onEvent, listeners }),
      log,
      train: (control) =>
        learner.train(() => train({ learner, input, split, isSingle, training, log }, control)),
    };
  });
}

const usualShare = 0.1;

/** What is about one network, of which there is then only one. */
const ofOneNetwork = [...['validation', 'earlyStopping', 'monitor', 'statistics']] as const;

function isAsked(value: unknown): boolean {
  return value !== undefined && value !== false;
}

interface Job<Metric extends string> {
  readonly learner: TableLearner;
  readonly input: TableInput;
  readonly split: Split;
  readonly isSingle: boolean;
  readonly training: Record<string, unknown>;
  readonly log: MemberLog<Metric>;
}

async function train<Metric extends string>(
  job: Job<Metric>,
  control: TableControl<Metric>,
): Promise<TableHistory<Metric>> {
  const { learner, input, split, isSingle, training } = job;
  const table = await readTable(input);
  const validation = split.table === undefined ? undefined : await readTable(split.table);
  const survey = learner.surveyOptions(table.header);
  const wanted: Wanted = {
    epochs: training.epochs as number | undefined,
    batchSize: training.batchSize as number | undefined,
    validation: split.share ?? 0,
    ...{ isSingle, isUsual: training.optimizer === undefined },
  };
  const data = await readTableData(table, {
    survey: { ...survey, groups: split.groups },
    // Several networks judge each other's rows.
    holdOut: (found): HeldOut =>
      learner.plan({ ...found, heldOut: null, validation: null }, wanted).members > 1
        ? {}
        : { share: split.share, last: split.last, table: validation },
    byGroups: split.groups !== undefined,
    seed: learner.seed,
    known: learner.known,
    mayHaveOthers: true,
  });
  if (learner.intervals !== undefined) requireIntervals(data, learner.intervals);
  const plan = learner.plan(data, wanted);
  const begun = learner.begin(data, plan, wanted);
  let hasBegun = false;
  const trained = await trainTable<Metric>(
    {
      ...{ data, plan, goesOn: learner.known !== undefined, seed: learner.seed },
      options: { ...begun.usual, ...given(training) },
      networkOf(member, seed) {
        const network = begun.networkOf(member, seed);
        // Whoever is told of its epochs may ask the model.
        if (plan.members === 1 && !hasBegun) learner.adopt(data, [network]);
        return network;
      },
      onBegin() {
        hasBegun = true;
      },
    },
    control,
    job.log,
  ).catch((error: unknown) => {
    if (!hasBegun) begun.undo();
    throw error;
  });
  const told = recorded(job, data, begun, trained.networks[0]);
  const { networks, stopReason } = trained;
  const hasMore = stopReason === 'stopped' || stopReason === 'timeLimit';
  const record = trainingRecordOf(told, plan, trained);
  learner.adopt(data, networks, record, hasMore);
  if (learner.intervals !== undefined && !hasMore) {
    const { intervals: coverage, seed } = learner;
    const { usual, build } = begun;
    const options = { ...usual, ...given(training) };
    const intervals = await learnIntervals({ data, plan, coverage, seed, options, build }, control);
    learner.adopt(data, networks, record, intervals === undefined, intervals);
  }
  return historyOf<Metric>(trained, data.notices);
}

/** What is undefined takes nothing back. */
function given(options: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

function recorded<Metric extends string>(
  { input, training }: Job<Metric>,
  { task }: TableData,
  { usual }: Begun,
  network: Member,
): RecordedTraining {
  const optimizer = training.optimizer ?? usual.optimizer ?? 'adam';
  return {
    ...(typeof input === 'string' && { file: basename(input) }),
    ...{ task, seed: network.spec.seed },
    optimizer: normaliseOptimizer(optimizer, 'optimizer'),
  };
}

/** The option `validation`, taken apart. */
interface Split {
  readonly share?: number;
  readonly last?: number;
  readonly groups?: string;
  readonly table?: TableInput;
}

const shareRule = { minimum: 0, maximum: 1, maximumExclusive: true } as const;
const lastRule = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;

/** @throws ArgumentError */
function readValidation(given: unknown): Split {
  const path = 'validation';
  if (typeof given === 'number') return { share: requireNumber(given, path, shareRule) };
  const { share, last, groups, table, ...others } = isPlainObject(given) ? given : { given };
  if (Object.keys(others).length === 0) {
    if (table !== undefined && share === undefined && last === undefined && groups === undefined) {
      return { table: table as TableInput };
    }
    if (last !== undefined && share === undefined && groups === undefined && table === undefined) {
      return { last: requireInteger(last, `${path}.last`, lastRule) };
    }
    if (typeof groups === 'string' && last === undefined && table === undefined) {
      return {
        groups,
        share: requireNumber(withDefault(share, usualShare), `${path}.share`, shareRule),
      };
    }
  }
  if (isPlainObject(given)) requireKnownKeys(given, ['share', 'last', 'groups', 'table'], path);
  throw new ArgumentError({
    path,
    expected: 'a share of the rows, { groups }, { last } or { table }',
    received: isPlainObject(given) ? `{ ${Object.keys(given).join(', ')} }` : typeof given,
  });
}
