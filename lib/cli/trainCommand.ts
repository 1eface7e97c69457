import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileSize } from '../data/bytes.js';
import { ArgumentError } from '../errors.js';
import type { Autoencoder, JsonObject, Sequential } from '../index.js';
import type { TrainingRun } from '../model/trainingRun.js';
import { type CliContext, type ExitCode, exitCodes } from './context.js';
import { type ModelRecord, trainingRecord } from './modelRecord.js';
import type { TrainOptions } from './options.js';
import { isIdxFile, type ReadingContext, type TrainingData } from './trainingData.js';
import { readTrainingImages } from './trainingImages.js';
import { buildModel, planTraining, type TrainingPlan } from './trainingPlan.js';
import { readTrainingTable } from './trainingTable.js';
import type { TrainReport } from './trainReport.js';
import { JsonTrainReport } from './trainReportJson.js';
import { TextTrainReport } from './trainReportText.js';
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
  if (options.out !== undefined) await requireWritable(options.out, options.data);
  const data = await readData(options, interrupted, report);
  report.data(data);
  const plan = planTraining(options, data);
  const model = buildModel(options, data, plan);
  const sizes = model.parameters.map(({ shape }) => shape.reduce((size, side) => size * side, 1));
  report.model(
    data,
    plan,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  interrupted.throwIfAborted();
  const run = startRun(model, options, data, plan);
  const stop = (): void => {
    report.stopping();
    run.stop();
  };
  interrupted.addEventListener('abort', stop, { once: true });
  for await (const event of run) report.event(event);
  const history = await run;
  interrupted.removeEventListener('abort', stop);
  report.trained(data, history);
  if (options.out !== undefined) {
    const training = trainingRecord(options, data, plan, history, packageVersion());
    const record: ModelRecord = { data: data.schema, training };
    model.annotations = JSON.parse(JSON.stringify(record)) as JsonObject;
    await model.save(options.out);
    report.saved(options.out, (await stat(options.out)).size);
  }
  return history.stopReason === 'stopped' ? exitCodes.interrupted : exitCodes.ok;
}

async function readData(
  options: TrainOptions,
  signal: AbortSignal,
  report: TrainReport,
): Promise<TrainingData> {
  const sizes = new Map<string, number | null>();
  for (const path of [options.data, ...(options.labels === undefined ? [] : [options.labels])]) {
    sizes.set(path, await fileSize(path));
  }
  const context: ReadingContext = {
    signal,
    onBytes: (path, pass, bytes) => {
      const size = sizes.get(path) ?? null;
      report.reading(path, pass, size === null ? null : bytes / size);
    },
  };
  return (await isIdxFile(options.data))
    ? readTrainingImages(options, context)
    : readTrainingTable(options, context);
}

function startRun(
  model: Sequential | Autoencoder,
  options: TrainOptions,
  { task, training, validation }: TrainingData,
  { epochs, batchSize }: TrainingPlan,
): TrainingRun {
  const { optimizer, seed, threads } = options;
  const common = { epochs, batchSize, optimizer, seed, threads };
  if (model.kind === 'autoencoder') {
    const heldOut = validation ? { validation: { data: validation.inputs } } : {};
    return model.fit(training.inputs, { ...common, ...heldOut });
  }
  const metrics = task === 'classification' ? (['accuracy'] as const) : [];
  const heldOut = validation ? { validation: { data: supervised(validation) } } : {};
  return model.fit(supervised(training), { ...common, ...heldOut, metrics });
}

function supervised({ inputs, targets }: TrainingData['training']) {
  if (targets === null) throw new TypeError('a task with targets');
  return { inputs, targets };
}

async function requireWritable(out: string, data: string): Promise<void> {
  const refuse = (received: string, remedy: string): never => {
    throw new ArgumentError({ path: '--out', expected: 'a file to write to', received, remedy });
  };
  if (resolve(out) === resolve(data)) refuse(`'${out}', the data itself`, 'Give it another name.');
  const folder = dirname(resolve(out));
  await access(folder, constants.W_OK).catch(() =>
    refuse(
      `'${out}', in a folder that is absent or read-only`,
      'Make the folder, or choose another.',
    ),
  );
  const status = await stat(out).catch(() => undefined);
  if (status?.isDirectory()) refuse(`'${out}', a folder`, `Write '${out}/model.safetensors'.`);
}
