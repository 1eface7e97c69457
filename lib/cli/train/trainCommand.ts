import { stat } from 'node:fs/promises';
import { inputColumnsOf } from '../../data/tableSchema.js';
import type { Autoencoder, History, JsonObject, Sequential, TrainingRun } from '../../index.js';
import { packageVersion } from '../../version.js';
import type { CliContext } from '../context.js';
import { codeOfInterruption, type ExitCode, exitCodes } from '../exitCodes.js';
import { type ModelRecord, trainingRecord } from '../models/modelRecord.js';
import { trainReport, withReport } from '../reports.js';
import { knownModel, withKnownModel } from '../training/knownModel.js';
import { readTrainingData } from '../training/readTrainingData.js';
import type { TrainingData } from '../training/trainingData.js';
import { trainingListeners } from '../training/trainingListeners.js';
import { buildModel, planTraining, type TrainingPlan } from '../training/trainingPlan.js';
import {
  learningOptions,
  supervisedData,
  supervisedOptions,
} from '../training/trainingSettings.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';

/** `layerwise train`. */
export async function train(given: TrainOptions, context: CliContext): Promise<ExitCode> {
  const known = await knownModel(given);
  const options = withKnownModel(given, known);
  return await withReport(trainReport(options, context), async (report) => {
    const data = await readTrainingData(options, context.interrupted, report, known?.schema);
    report.data(data, planTraining(options, data));
    return await trainOn(data, options, context, report, known?.model);
  });
}

/**
 * Trains on data that has been read, and saves the model.
 *
 * @param known A model that goes on to learn; a new one where it is undefined.
 */
export async function trainOn(
  data: TrainingData,
  options: TrainOptions,
  context: CliContext,
  report: TrainReport,
  known?: Sequential | Autoencoder,
): Promise<ExitCode> {
  const plan = planTraining(options, data);
  const model = known ?? buildModel(options, data, plan);
  report.model(data, plan, parameterCount(model));
  context.interrupted.throwIfAborted();
  const run = startRun(model, options, data, plan);
  const history = await follow(run, context, report);
  report.trained(data, history);
  if (model.kind === 'autoencoder') await makeDetector(model, options, data, report);
  if (options.out !== undefined) {
    const training = trainingRecord(options, data, plan, history, packageVersion());
    const record: ModelRecord = { data: data.schema, training };
    model.annotations = JSON.parse(JSON.stringify(record)) as JsonObject;
    await model.save(options.out);
    report.saved(options.out, (await stat(options.out)).size);
  }
  if (history.stopReason !== 'stopped') return exitCodes.ok;
  return codeOfInterruption(context.interrupted.reason);
}

/** Gives an autoencoder what it needs to name columns and to tell anomalies. */
async function makeDetector(
  model: Autoencoder,
  { contamination, threads }: TrainOptions,
  { schema, inputs }: TrainingData,
  report: TrainReport,
): Promise<void> {
  if (schema.kind === 'table') model.columns = inputColumnsOf(schema);
  if (contamination === undefined) return;
  const rule = { method: 'contamination', contamination, threads } as const;
  report.calibrated(await model.calibrate(inputs, rule));
}

function parameterCount({ parameters }: Sequential | Autoencoder): number {
  const sizes = parameters.map(({ shape }) => shape.reduce((size, side) => size * side, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Reports what happens until the training ends by itself, or by Ctrl-C. */
async function follow(
  run: TrainingRun,
  { interrupted, stdout }: CliContext,
  report: TrainReport,
): Promise<History> {
  const stop = (): void => {
    // Where only the reader of the output has gone, nobody waits for a word.
    if (interrupted.reason !== stdout.lost.reason) report.stopping();
    run.stop();
  };
  interrupted.addEventListener('abort', stop, { once: true });
  try {
    for await (const event of run) report.event(event);
    return await run;
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}

function startRun(
  model: Sequential | Autoencoder,
  options: TrainOptions,
  data: TrainingData,
  plan: TrainingPlan,
): TrainingRun {
  const learning = {
    ...learningOptions(options, plan),
    threads: options.threads,
    listeners: trainingListeners(options, model, data),
  };
  if (model.kind === 'autoencoder') return model.fit(data.inputs, learning);
  return model.fit(supervisedData(data), { ...learning, ...supervisedOptions(options, data) });
}
