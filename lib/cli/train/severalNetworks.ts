import type { Sequential, TrainingRun } from '../../index.js';
import { TrainingRun as Run } from '../../model/trainingRun.js';
import type { Member } from '../../tables/members.js';
import { MemberLog, type TableTrainingEvent } from '../../tables/tableEvents.js';
import { TableModel } from '../../tables/tableModel.js';
import { type BegunNetwork, type TrainedTable, trainTable } from '../../tables/tableTraining.js';
import { buildModel } from '../../tables/trainingPlan.js';
import { plainRecord } from '../../tables/trainingRecord.js';
import { expectedSeconds } from '../../tables/trainingTime.js';
import type { MemberPlace } from '../../tables/trainMembers.js';
import { follow } from '../training/followRun.js';
import { learnedTable, type TrainingData } from '../training/trainingData.js';
import { trainingListeners } from '../training/trainingListeners.js';
import {
  checkpointOptions,
  learningOptions,
  supervisedOptions,
} from '../training/trainingSettings.js';
import { searchText, worseText } from './judgementTexts.js';
import type { NetworkTraining, WantedTraining } from './networkTraining.js';
import { parameterCount } from './savedModel.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';
import { lastCheckpoint, toldOfCheckpoints } from './unfinished.js';

const judgedAgainText =
  'The model had learned before. Where rows of that training are among these, the networks are judged by rows that they know, and look better than they are.';

/** The networks of a table that are judged by rows which they have not learned from. */
export function severalNetworks(wanted: WantedTraining): NetworkTraining {
  const { data, plan, options, known } = wanted;
  return {
    begin: (report) => tellBeginning(wanted, report),
    async run(context, report) {
      const inTurn = new InTurn(report);
      const run = startRun(wanted, inTurn, report);
      const trained = await follow(run, context, inTurn.report);
      const checkpoint = await lastCheckpoint(run, options);
      if (known) report.note(judgedAgainText);
      report.judged(data, plan, trained, checkpoint);
      // Of networks that have not learned what they could there is nothing to say.
      if (trained.stopReason !== 'stopped') tellWorth(data, trained, options, report);
      return { trained, checkpoint };
    },
    async modelOf({ networks }, { record, intervals }) {
      const { schema } = learnedTable(data);
      return new TableModel({ schema, networks, training: plainRecord(record), intervals });
    },
  };
}

async function tellBeginning(
  { data, plan, options }: WantedTraining,
  report: TrainReport,
): Promise<void> {
  const { threads, seed } = options;
  const build = (): Sequential => sequentialOf(buildModel({ ...options, seed }, data, plan));
  const seconds = await expectedSeconds({ data: learnedTable(data), plan, threads, build });
  report.model(data, plan, parameterCount(build()), options, seconds);
}

type NetworksRun = TrainingRun<string, TableTrainingEvent, TrainedTable>;

function startRun(
  { data, plan, options, known, folder }: WantedTraining,
  inTurn: InTurn,
  report: TrainReport,
): NetworksRun {
  const { seed, threads } = options;
  const log = new MemberLog<string>();
  let current: Member | undefined;
  const training = {
    ...{ data: learnedTable(data), plan, goesOn: Boolean(known), seed },
    options: {
      ...learningOptions(options, plan),
      ...supervisedOptions(options, data),
      ...checkpointOptions(options),
      threads,
    },
    networkOf(member: number, own: number): Member {
      current = known?.networks?.[member - 1] ?? buildModel({ ...options, seed: own }, data, plan);
      return current;
    },
    onNetwork: (begun: BegunNetwork) => inTurn.add(begun),
  };
  return new Run<string, TableTrainingEvent, TrainedTable>(() => ({
    ...{ signal: undefined, onEvent: undefined, log },
    listeners: [
      toldOfCheckpoints(report),
      ...(folder?.listeners((text) => report.note(text)) ?? []),
      ...trainingListeners(options, () => current ?? training.networkOf(1, seed), data),
    ],
    train: (control) => trainTable(training, control, log),
  }));
}

/** Has the report told that a network begins, before what it tells itself. */
class InTurn {
  readonly report: Pick<TrainReport, 'event' | 'stopping' | 'note'>;
  readonly #waiting: BegunNetwork[] = [];

  constructor(report: TrainReport) {
    this.report = {
      stopping: (reason) => report.stopping(reason),
      note: (text) => report.note(text),
      event: (event) => {
        this.#tellOf(event as TableTrainingEvent, report);
        report.event(event);
      },
    };
  }

  add(begun: BegunNetwork): void {
    this.#waiting.push(begun);
  }

  /** Those before it are over: in another process, where there was nothing to tell of them. */
  #tellOf({ member, refit }: MemberPlace, report: TrainReport): void {
    const at = this.#waiting.findIndex(
      ({ place }) => place.member === member && place.refit === refit,
    );
    const [begun] = this.#waiting.splice(0, at + 1).slice(-1);
    if (begun !== undefined) report.member(begun);
  }
}

function tellWorth(
  data: TrainingData,
  { judgement }: TrainedTable,
  options: TrainOptions,
  report: TrainReport,
): void {
  if (judgement === null) return;
  // Where classes are weighted, other answers are asked for than those that are right most often.
  const worse = options.balanced ? null : worseText(data, judgement);
  if (worse !== null) report.note(worse);
  const search = searchText(options, judgement);
  if (search !== null) report.note(search);
}

function sequentialOf(model: Member): Sequential {
  if (model.kind === 'sequential') return model;
  throw new TypeError('an autoencoder is one network');
}
