import { stat } from 'node:fs/promises';
import { fileSize } from '../data/bytes.js';
import { inputColumnsOf } from '../data/tableSchema.js';
import { ArgumentError } from '../errors.js';
import type { Autoencoder, History, JsonObject, Sequential, TrainingRun } from '../index.js';
import { type CliContext, type ExitCode, exitCodes } from './context.js';
import { isIdxFile, requireWritable } from './files.js';
import { type ModelRecord, trainingRecord } from './modelRecord.js';
import type { TrainOptions } from './options.js';
import type { ReadingContext, TrainingData } from './trainingData.js';
import { readTrainingImages } from './trainingImages.js';
import { buildModel, planTraining, type TrainingPlan } from './trainingPlan.js';
import { readTrainingTable } from './trainingTable.js';
import type { TrainReport } from './trainReport.js';
import { JsonTrainReport } from './trainReportJson.js';
import { TextTrainReport } from './trainReportText.js';
import { UsageError } from './usageError.js';
import { packageVersion } from './version.js';

/** `layerwise train`. */
export async function train(options: TrainOptions, context: CliContext): Promise<ExitCode> {
  const report = options.json
    ? new JsonTrainReport(options, context)
    : new TextTrainReport(options, context);
  try {
    return await trainAndSave(options, context, report);
  } finally {
    report.clear();
  }
}

async function trainAndSave(
  options: TrainOptions,
  { interrupted }: CliContext,
  report: TrainReport,
): Promise<ExitCode> {
  // What would fail after the training is found out before it.
  const inputs = [options.data, ...(options.labels === undefined ? [] : [options.labels])];
  if (options.out !== undefined) await requireWritable(options.out, inputs);
  const data = await readData(options, inputs, interrupted, report);
  const plan = planTraining(options, data);
  report.data(data, plan);
  const model = buildModel(options, data, plan);
  report.model(data, plan, parameterCount(model));
  interrupted.throwIfAborted();
  const run = startRun(model, options, data, plan);
  const history = await follow(run, interrupted, report);
  report.trained(data, history);
  if (model.kind === 'autoencoder') await makeDetector(model, options, data, report);
  if (options.out !== undefined) {
    const training = trainingRecord(options, data, plan, history, packageVersion());
    const record: ModelRecord = { data: data.schema, training };
    model.annotations = JSON.parse(JSON.stringify(record)) as JsonObject;
    await model.save(options.out);
    report.saved(options.out, (await stat(options.out)).size);
  }
  return history.stopReason === 'stopped' ? exitCodes.interrupted : exitCodes.ok;
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
  interrupted: AbortSignal,
  report: TrainReport,
): Promise<History> {
  const stop = (): void => {
    report.stopping();
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

async function readData(
  options: TrainOptions,
  inputs: readonly string[],
  signal: AbortSignal,
  report: TrainReport,
): Promise<TrainingData> {
  const sizes = new Map<string, number>();
  for (const path of inputs) sizes.set(path, await requireOrdinaryFile(path));
  const context: ReadingContext = {
    signal,
    onBytes: (path, pass, bytes) => {
      report.reading(path, pass, bytes / (sizes.get(path) || 1));
    },
  };
  return (await isIdxFile(options.data))
    ? readTrainingImages(options, context)
    : readTrainingTable(options, context);
}

function startRun(
  model: Sequential | Autoencoder,
  { optimizer, schedule, patience, balanced, seed, threads, validation }: TrainOptions,
  { task, inputs, targets }: TrainingData,
  { epochs, batchSize, validationRows }: TrainingPlan,
): TrainingRun {
  const heldOut = validationRows > 0 ? { validation } : {};
  const earlyStopping = patience === undefined ? undefined : { patience };
  const learning = { epochs, batchSize, optimizer, schedule, earlyStopping };
  const options = { ...learning, seed, threads, ...heldOut };
  if (model.kind === 'autoencoder') return model.fit(inputs, options);
  if (targets === null) throw new TypeError('only an autoencoder has no targets');
  if (task === 'classification') {
    const classWeights = balanced ? ({ classWeights: 'balanced' } as const) : {};
    return model.fit({ inputs, targets }, { ...options, ...classWeights, metrics: ['accuracy'] });
  }
  if (balanced)
    throw new UsageError('--balanced is for classes, and the target holds numbers', 'train');
  return model.fit({ inputs, targets }, options);
}

/** Training data is read twice, which a pipe does not allow. */
async function requireOrdinaryFile(path: string): Promise<number> {
  const size = path === '-' ? null : await fileSize(path);
  if (size !== null) return size;
  throw new ArgumentError({
    path,
    expected: 'an ordinary file, as the data is read twice',
    received: 'a pipe or a device',
    remedy: 'Save the data in a file first.',
  });
}
