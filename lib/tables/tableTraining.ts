import { existsSync } from 'node:fs';
import { isPlainObject, requireNumber } from '../checks.js';
import type { TableSchema } from '../data/tableSchema.js';
import { ArgumentError } from '../errors.js';
import type { History } from '../model/events.js';
import type { TrainingStart } from '../model/listeners.js';
import type { Sequential } from '../model/sequential.js';
import { followRun, type RunControl, type TrainingRun } from '../model/trainingRun.js';
import type { Member } from './members.js';
import { folderOfNetwork, foldersOfNetworks, requireSameLayout } from './networkFolders.js';
import type { OutOfFold } from './outOfFold.js';
import { type EncodedRows, trainingRows, validationRows } from './tableData.js';
import type { MemberLog, TableTrainingEvent } from './tableEvents.js';
import { tableAttachments } from './tableRecord.js';
import { sharedTime, type TimeBudget, timeUntilResumed } from './timeBudget.js';
import type { TableTask, TrainingPlan } from './trainingPlan.js';
import {
  type JudgedTraining,
  type MemberPlace,
  type TrainedNetworks,
  trainMembers,
} from './trainMembers.js';
import { trainRefit } from './trainRefit.js';

/** The training of the networks of a table, as programs and the command line have it. */

/** Encoded rows, with what networks that learn them have to be like. */
export interface LearnedTable extends EncodedRows {
  readonly schema: TableSchema;
  readonly task: TableTask;
  readonly groups: Int32Array | null;
  /** The rows that are held out; they stand behind those that train. */
  readonly heldOut: number;
  readonly validation: EncodedRows | null;
}

export interface TableTraining {
  readonly data: LearnedTable;
  readonly plan: TrainingPlan;
  /** Whether the networks have learned before. */
  readonly goesOn: boolean;
  /** Of the folds, and of the first network. */
  readonly seed: number;
  /** Options of `fit` for every network, but for its data. */
  readonly options: Readonly<Record<string, unknown>>;
  /** @param member from 1 */
  readonly networkOf: (member: number, seed: number) => Member;
  /** Is told that a network is about to train. */
  readonly onNetwork?: ((begun: BegunNetwork) => void) | undefined;
  /** Is told that the first one has begun: nothing was wrong with the options. */
  readonly onBegin?: (() => void) | undefined;
}

/** A network that is about to train. */
export interface BegunNetwork {
  readonly place: MemberPlace;
  readonly rows: number;
  readonly epochs: number;
}

/** What came of it. */
export interface TrainedTable extends Omit<TrainedNetworks, 'networks' | 'judgement'> {
  readonly networks: readonly [Member, ...Member[]];
  /** Null for a network that nothing was kept from, or rows that the caller has named: its history tells. */
  readonly judgement: OutOfFold | null;
}

export type TableControl<Metric extends string = string> = RunControl<TableTrainingEvent<Metric>>;

/**
 * Trains one network, several that judge each other's rows, or one that is trained a second time, on all rows: as the
 * plan has it.
 *
 * @throws as `fit` of a network
 */
export async function trainTable<Metric extends string>(
  training: TableTraining,
  control: TableControl<Metric>,
  log: MemberLog<Metric>,
): Promise<TrainedTable> {
  const { data, plan, options } = training;
  await requireFolders(training);
  const trainer = new Trainer(training, control, log);
  if (isOne(plan)) return await trainer.trainOne();
  const { threads } = options;
  const shared = {
    ...{ task: taskWithTarget(data), seed: training.seed, threads: threads as number | undefined },
    // Weights of classes are there to make rare ones more probable than they are.
    calibrates: options.classWeights === undefined,
    budget: budgetOf(options),
    build: (seed: number, { member }: MemberPlace) => predictorOf(training.networkOf(member, seed)),
  };
  return plan.refits
    ? await trainer.trainRefit(shared)
    : await trainMembers({
        ...shared,
        ...{ data: { ...withTargets(data), groups: data.groups }, members: plan.members },
        ...{ schema: data.schema, goesOn: training.goesOn },
        train: (network, { training: rows, heldOut, schema }, place, timeLimit) =>
          trainer.train(network, { ...rows, schema }, place, {
            ...{ validation: { data: heldOut }, timeLimit },
          }),
      });
}

function isOne({ members, refits }: TrainingPlan): boolean {
  return members === 1 && !refits;
}

/** Trains one network after the other, and tells of each. */
class Trainer<Metric extends string> {
  readonly #training: TableTraining;
  readonly #control: TableControl<Metric>;
  readonly #log: MemberLog<Metric>;
  #run: TrainingRun<Metric> | undefined;

  constructor(training: TableTraining, control: TableControl<Metric>, log: MemberLog<Metric>) {
    this.#training = training;
    this.#control = control;
    this.#log = log;
  }

  async trainOne(): Promise<TrainedTable> {
    const { data, seed, networkOf } = this.#training;
    const network = networkOf(1, seed);
    const held = validationRows(data);
    const history = await this.train(
      network,
      trainingRows(data),
      { member: 1, members: 1 },
      held === null ? {} : { validation: { data: asData(network, held) } },
    );
    const { stopReason } = history;
    return {
      ...{ networks: [network], histories: [history], stopReason },
      ...{ judgement: null, temperature: null },
    };
  }

  async trainRefit(shared: JudgedTraining): Promise<TrainedNetworks> {
    const { data, plan } = this.#training;
    const heldOut = validationRows(data);
    if (heldOut === null) throw new TypeError('no rows for validation');
    return await trainRefit({
      ...shared,
      ...{ epochs: plan.epochs, all: withTargets(data) },
      ...{ training: withTargets(trainingRows(data)), heldOut: withTargets(heldOut) },
      train: (network, { rows, heldOut: held, epochs, timeLimit }, place) => {
        // Nothing ends it early: that takes a number of epochs that suits no table but some.
        const best = held && { validation: { data: held }, earlyStopping: { patience: epochs } };
        return this.train(network, rows, place, { epochs, timeLimit, ...best });
      },
    });
  }

  async train(
    network: Member,
    rows: EncodedRows & { readonly schema?: TableSchema },
    place: MemberPlace,
    own: { readonly epochs?: number; readonly [option: string]: unknown },
  ): Promise<History> {
    const { data, plan, options, seed, onNetwork, onBegin } = this.#training;
    // A checkpoint of a network is a model of the table, too.
    const { schema = data.schema } = rows;
    network.attachments = tableAttachments({ schema, training: {} });
    const { epochs = plan.epochs } = own;
    onNetwork?.({ place, rows: rows.inputs.rows, epochs });
    const run = network.engine.fit<Metric>(asData(network, rows), {
      // Of one, its own.
      ...(!isOne(plan) && { seed }),
      ...options,
      ...checkpointsOf(options, place),
      ...{ ...own, epochs, batchSize: plan.batchSize },
      listeners: [
        {
          onStart: (start: TrainingStart) => {
            onBegin?.();
            this.#control.start(startOf(start, place));
          },
          onCheckpoint: this.#control.checkpoint,
        },
      ],
    });
    const isFirst = this.#run === undefined;
    this.#run = run;
    const logged = followRun(run, (progress) =>
      this.#control.emit(progress && { ...progress, ...place }),
    );
    this.#log.add(logged, place);
    this.#control.onStop(() => run.stop());
    if (isFirst) this.#control.onCheckpoint(async () => await (this.#run ?? run).checkpoint());
    return await run;
  }
}

function startOf(start: TrainingStart, { member, members, refit }: MemberPlace): TrainingStart {
  if (members > 1) return { ...start, member };
  return refit === undefined ? start : { ...start, refit };
}

/** Where a network keeps its checkpoints, and which it goes on with. */
function checkpointsOf({ checkpoint, resume }: TableTraining['options'], place: MemberPlace) {
  const directory = directoryOf(checkpoint);
  return {
    ...(directory !== undefined && {
      checkpoint: { ...(checkpoint as object), directory: folderOfNetwork(directory, place) },
    }),
    ...(isPath(resume) && { resume: resumedFolder(resume, place) }),
  };
}

/** One that had not begun when the others were kept begins. */
function resumedFolder(path: string, place: MemberPlace): string | false {
  const folder = folderOfNetwork(path, place);
  const isOne = place.members === 1 && place.refit === undefined;
  return isOne || existsSync(folder) ? folder : false;
}

function directoryOf(checkpoint: unknown): string | undefined {
  const { directory } = isPlainObject(checkpoint) ? checkpoint : {};
  return typeof directory === 'string' ? directory : undefined;
}

function isPath(resume: unknown): resume is string {
  return typeof resume === 'string' && resume !== 'auto';
}

/** @throws ArgumentError for folders with checkpoints of another kind of training, or with none to go on from. */
async function requireFolders({ options, plan }: TableTraining): Promise<void> {
  const { checkpoint, resume } = options;
  const directory = directoryOf(checkpoint);
  if (directory !== undefined) await requireSameLayout(directory, isOne(plan));
  if (isOne(plan) || !isPath(resume)) return;
  const [folder] = await foldersOfNetworks(resume).catch(() => []);
  if (folder !== undefined) return;
  throw new ArgumentError({
    path: 'resume',
    expected: 'the folder of checkpoint, with a folder for each training in it',
    received: `'${resume}'`,
  });
}

const limitRule = { minimum: 0, minimumExclusive: true } as const;

/** @throws ArgumentError: what trainings are given are shares of it. */
function budgetOf({ timeLimit, checkpoint }: TableTraining['options']): TimeBudget {
  const limit =
    timeLimit === undefined ? undefined : requireNumber(timeLimit, 'timeLimit', limitRule);
  return checkpoint === undefined ? sharedTime(limit) : timeUntilResumed(limit);
}

function taskWithTarget({ task }: LearnedTable): 'classification' | 'regression' {
  if (task === 'autoencoding') throw new TypeError('an autoencoder is one network');
  return task;
}

function withTargets({ inputs, targets }: EncodedRows) {
  if (targets === null) throw new TypeError('no target to learn');
  return { inputs, targets };
}

function predictorOf(network: Member): Sequential {
  if (network.kind === 'sequential') return network;
  throw new TypeError('an autoencoder has no target to learn');
}

function asData(network: Member, { inputs, targets }: EncodedRows): unknown {
  return network.kind === 'autoencoder' ? inputs : { inputs, targets };
}
