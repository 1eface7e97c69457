import { basename } from 'node:path';
import type { Sequential } from '../../index.js';
import type { Member } from '../../tables/members.js';
import { TableModel } from '../../tables/tableModel.js';
import { buildModel, type TrainingPlan } from '../../tables/trainingPlan.js';
import { plainRecord, recordOfMembers } from '../../tables/trainingRecord.js';
import { expectedSeconds } from '../../tables/trainingTime.js';
import { trainMembers } from '../../tables/trainMembers.js';
import type { CliContext } from '../context.js';
import { codeOfInterruption, type ExitCode, exitCodes } from '../exitCodes.js';
import { follow } from '../training/followRun.js';
import type { TrainingData } from '../training/trainingData.js';
import { learningOptions, supervisedOptions } from '../training/trainingSettings.js';
import { searchText, worseText } from './judgementTexts.js';
import { parameterCount, save } from './savedModel.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';

interface SeveralNetworks {
  readonly data: TrainingData;
  readonly plan: TrainingPlan;
  readonly options: TrainOptions;
  /** Those that go on to learn; new ones where it is undefined. */
  readonly known?: readonly Member[] | undefined;
}

/** Trains networks of a table that predict together, each on all parts of its rows but one, and saves them. */
export async function trainSeveral(
  { data, plan, options, known }: SeveralNetworks,
  context: CliContext,
  report: TrainReport,
): Promise<ExitCode> {
  const { task, schema } = data;
  if (schema.kind !== 'table' || task === 'autoencoding') throw new TypeError('no table to learn');
  const { members } = plan;
  const { threads, seed, timeLimit, balanced } = options;
  const build = (own: number): Sequential =>
    sequentialOf(buildModel({ ...options, seed: own }, data, plan));
  const rows = encoded(data);
  const seconds = await expectedSeconds({ data: rows, plan, threads, build: () => build(seed) });
  report.model(data, plan, parameterCount(build(seed)), options, seconds);
  const trained = await trainMembers({
    ...{ data: rows, task, members, seed, threads, timeLimit },
    build: (own, { member }) => (known ? sequentialOf(known[member - 1]) : build(own)),
    // Weights of classes are there to make rare ones more probable than they are.
    calibrates: !balanced,
    train: async (model, { training, heldOut }, place, limit) => {
      report.member(place, training.inputs.rows);
      const run = model.fit(training, {
        ...learningOptions(options, plan),
        ...supervisedOptions(options, data),
        ...{ validation: { data: heldOut }, timeLimit: limit, threads },
      });
      return await follow(run, context, report);
    },
  });
  const { networks, judgement, stopReason } = trained;
  report.judged(data, trained);
  const isStopped = stopReason === 'stopped';
  // Of networks that have not learned what they could there is nothing to say.
  if (!isStopped) {
    // Where classes are weighted, other answers are asked for than those that are right most often.
    const worse = balanced ? null : worseText(data, judgement);
    if (worse !== null) report.note(worse);
    const search = searchText(options, judgement);
    if (search !== null) report.note(search);
  }
  const { optimizer } = options;
  const told = { file: basename(options.data), task, optimizer, seed };
  const training = plainRecord(recordOfMembers(told, plan, trained));
  await save(new TableModel({ schema, networks, training }), options.out, report);
  if (isStopped) return codeOfInterruption(context.interrupted.reason);
  return stopReason === 'timeLimit' ? exitCodes.timeLimit : exitCodes.ok;
}

function encoded(data: TrainingData) {
  const { inputs, targets, groups } = data;
  if (targets === null || !('values' in inputs)) throw new TypeError('rows in memory have targets');
  return { inputs, targets, groups };
}

function sequentialOf(model: Member | undefined): Sequential {
  if (model?.kind === 'sequential') return model;
  throw new TypeError('an autoencoder is one network');
}
