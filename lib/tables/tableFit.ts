import { basename } from 'node:path';
import {
  isPlainObject,
  optionalFunction,
  optionalSignal,
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import type { SurveyOptions } from '../data/table.js';
import { ArgumentError } from '../errors.js';
import type { EventLog } from '../model/eventLog.js';
import type { History, TrainingEvent } from '../model/events.js';
import type { FitOptions } from '../model/fitOptions.js';
import { readListeners, type TrainingStart } from '../model/listeners.js';
import { readHandleSignals } from '../model/runRows.js';
import type { SupervisedData } from '../model/supervisedData.js';
import { followRun, type RunControl, TrainingRun } from '../model/trainingRun.js';
import type { LossSpec, MetricName, OptimizerSpec } from '../network/generated.js';
import { normaliseOptimizer } from '../network/rows.js';
import type { Member } from './members.js';
import { readTable, type TableInput } from './readTable.js';
import {
  type EncodedRows,
  type HeldOut,
  readTableData,
  type TableData,
  trainingRows,
  validationRows,
} from './tableData.js';
import type { TrainingPlan } from './trainingPlan.js';
import { plainRecord, trainingRecordOf } from './trainingRecord.js';

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
  extends Omit<FitOptions<SupervisedData, string, Metric>, 'validation'> {
  /**
   * Which rows are kept from the training: a share such as 0.1, `{ groups: 'patient' }`, `{ last: 1000 }` or
   * `{ table }`. Scales and categories come from the rows that train alone.
   *
   * @default 0.1; none for fewer than 10 rows
   */
  readonly validation?: TableValidation | undefined;
}

/** What the model on top gives and takes. */
export interface TableLearner {
  /** Told the columns that are no inputs, beside its own. */
  surveyOptions(header: boolean): SurveyOptions;
  /** Of the rows that are drawn for validation. */
  readonly seed: number;
  /** What is known of the table, where the model goes on to learn. */
  readonly known: TableData['schema'] | undefined;
  /** Sees to it that nothing else trains the model. */
  train<Result>(action: () => Promise<Result>): Promise<Result>;
  /** A plan, and the network that it is for. */
  begin(data: TableData, wanted: Wanted): Begun;
  /** Takes over what was trained. */
  finish(data: TableData, training: ReturnType<typeof plainRecord>): void;
}

/** What the options of `fit` leave to the plan. */
export interface Wanted {
  readonly epochs: number | undefined;
  readonly batchSize: number | undefined;
  readonly validation: number;
}

export interface Begun {
  readonly network: Member;
  readonly plan: TrainingPlan;
  /** Options of the training of the network that take the place of those that are not given. */
  readonly usual: { readonly loss?: LossSpec; readonly optimizer?: OptimizerSpec };
  /** Makes the model what it was before: nothing was trained. */
  undo(): void;
}

export function fitTableModel<Metric extends string>(
  learner: TableLearner,
  input: TableInput,
  given: object = {},
): TrainingRun<Metric> {
  return new TrainingRun<Metric>(() => {
    const options = requireObject(given, 'options');
    const { signal, handleSignals, onEvent, listeners, validation, ...training } = options;
    const log = new LaterLog<TrainingEvent<Metric>>();
    const split = readValidation(withDefault(validation, usualShare));
    return {
      signal: optionalSignal(signal, 'signal'),
      handleSignals:
        handleSignals !== undefined && readHandleSignals(handleSignals, 'handleSignals'),
      onEvent: optionalFunction(onEvent, 'onEvent') as Listening<Metric>,
      listeners: listeners === undefined ? undefined : readListeners(listeners, 'listeners'),
      log,
      train: (control) =>
        learner.train(() => train({ learner, input, split, training, log }, control)),
    };
  });
}

const usualShare = 0.1;

type Listening<Metric extends string> = ((event: TrainingEvent<Metric>) => unknown) | undefined;

interface Job<Metric extends string> {
  readonly learner: TableLearner;
  readonly input: TableInput;
  readonly split: Split;
  readonly training: Record<string, unknown>;
  readonly log: LaterLog<TrainingEvent<Metric>>;
}

async function train<Metric extends string>(
  { learner, input, split, training, log }: Job<Metric>,
  control: RunControl<TrainingEvent<Metric>>,
): Promise<History<Metric>> {
  const table = await readTable(input);
  const validation = split.table === undefined ? undefined : await readTable(split.table);
  const survey = learner.surveyOptions(table.header);
  const data = await readTableData(table, {
    survey: { ...survey, groups: split.groups },
    holdOut: (): HeldOut => ({ share: split.share, last: split.last, table: validation }),
    byGroups: split.groups !== undefined,
    seed: learner.seed,
    known: learner.known,
    mayHaveOthers: true,
  });
  const wanted = {
    epochs: training.epochs as number | undefined,
    batchSize: training.batchSize as number | undefined,
    validation: split.share ?? 0,
  };
  const { network, plan, usual, undo } = learner.begin(data, wanted);
  let hasBegun = false;
  const onStart = (start: TrainingStart): void => {
    hasBegun = true;
    control.start(start);
  };
  const held = validationRows(data);
  const run = network.engine.fit<Metric>(asData(network, trainingRows(data)), {
    ...usual,
    ...training,
    epochs: training.epochs ?? plan.epochs,
    batchSize: training.batchSize ?? plan.batchSize,
    ...(held !== null && { validation: { data: asData(network, held) } }),
    listeners: [{ onStart, onCheckpoint: control.checkpoint }],
  });
  log.follow(followRun(run, (progress) => control.emit(progress)));
  control.onCheckpoint(() => run.checkpoint());
  control.onStop(() => run.stop());
  const history = await run.then(undefined, (error: unknown) => {
    if (!hasBegun) undo();
    throw error;
  });
  const { task } = data;
  const recorded = {
    ...(typeof input === 'string' && { file: basename(input) }),
    ...{ task, seed: network.spec.seed },
    optimizer: normaliseOptimizer(training.optimizer ?? usual.optimizer ?? 'adam', 'optimizer'),
  };
  learner.finish(data, plainRecord(trainingRecordOf(recorded, plan, history)));
  return history;
}

function asData(network: Member, { inputs, targets }: EncodedRows): unknown {
  return network.kind === 'autoencoder' ? inputs : { inputs, targets };
}

/** A log that is known once the training has begun; nothing has happened before. */
class LaterLog<Event> implements EventLog<Event> {
  #log: EventLog<Event> = [];

  follow(log: EventLog<Event>): void {
    this.#log = log;
  }

  get length(): number {
    return this.#log.length;
  }

  at(index: number): Event | undefined {
    return this.#log.at(index);
  }
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
