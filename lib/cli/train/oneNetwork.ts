import type { Autoencoder, History, RunListener, Sequential, TrainingRun } from '../../index.js';
import { requireSameLayout } from '../../tables/networkFolders.js';
import { TableModel } from '../../tables/tableModel.js';
import type { TrainedTable } from '../../tables/tableTraining.js';
import { buildModel } from '../../tables/trainingPlan.js';
import { plainRecord } from '../../tables/trainingRecord.js';
import { finalEpoch } from '../training/finalEpoch.js';
import { follow } from '../training/followRun.js';
import type { TrainingData } from '../training/trainingData.js';
import { trainingListeners } from '../training/trainingListeners.js';
import {
  autoencodingOptions,
  checkpointOptions,
  inputsValidation,
  learningOptions,
  partsOf,
  supervisedData,
  supervisedOptions,
  supervisedValidation,
} from '../training/trainingSettings.js';
import { baselineText, isWorseThanOneAnswer } from './judgementTexts.js';
import type { LearnedBesides, NetworkTraining, WantedTraining } from './networkTraining.js';
import { parameterCount, plainJson } from './savedModel.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';
import { lastCheckpoint, toldOfCheckpoints } from './unfinished.js';

/**
 * One network, of a table, of images or of rows in a file, that is trained once.
 *
 * @throws ArgumentError for a folder with checkpoints of several networks, and for what cannot be built
 */
export async function oneNetwork(wanted: WantedTraining): Promise<NetworkTraining> {
  const { data, plan, options, known, folder } = wanted;
  const model = known?.model ?? buildModel(options, data, plan);
  const { checkpoints = options.checkpoint } = folder?.files ?? {};
  if (checkpoints !== undefined) await requireSameLayout(checkpoints, true);
  // A checkpoint is a model too, which `predict` applies.
  describedModel(model, data);
  return {
    async begin(report) {
      report.model(data, plan, parameterCount(model), options);
    },
    async run(context, report) {
      const run = startRun(model, wanted, [
        toldOfCheckpoints(report),
        ...(folder?.listeners((text) => report.note(text)) ?? []),
      ]);
      const history = await follow(run, context, report);
      const checkpoint = await lastCheckpoint(run, options);
      report.trained(data, history, checkpoint);
      const isWorse = !options.balanced && isWorseThanOneAnswer(data, finalEpoch(history));
      if (isWorse) report.note(baselineText(data));
      return { trained: trainedAlone(model, history), checkpoint };
    },
    async modelOf(_, besides, report) {
      if (model.kind === 'autoencoder') await makeDetector(model, options, data, report);
      return describedModel(model, data, besides);
    },
  };
}

/** One network that is told of as several are. */
function trainedAlone(network: Sequential | Autoencoder, history: History): TrainedTable {
  const { stopReason } = history;
  return {
    ...{ networks: [network], histories: [history], stopReason },
    ...{ judgement: null, temperature: null },
  };
}

/**
 * The model with what it knows of its data: that of a table, or, of images, one that has it among its annotations.
 *
 * @param besides which is known only at its end
 */
function describedModel(
  model: Sequential | Autoencoder,
  { schema }: TrainingData,
  { record, intervals }: Partial<LearnedBesides> = {},
): Sequential | Autoencoder | TableModel {
  if (schema.kind === 'table') {
    const training = record && plainRecord(record);
    return new TableModel({ schema, networks: [model], training, intervals });
  }
  model.annotations = plainJson({ data: schema, training: record });
  return model;
}

/** Gives an autoencoder what it needs to tell anomalies. */
async function makeDetector(
  model: Autoencoder,
  { contamination, threads }: TrainOptions,
  { inputs }: TrainingData,
  report: TrainReport,
): Promise<void> {
  if (contamination === undefined) return;
  const rule = { method: 'contamination', contamination, threads } as const;
  report.calibrated(await model.detector(inputs, rule));
}

function startRun(
  model: Sequential | Autoencoder,
  { options, data, plan }: WantedTraining,
  listeners: readonly RunListener[],
): TrainingRun {
  const parts = partsOf(data, options, plan);
  const learning = {
    ...learningOptions(options, plan),
    ...checkpointOptions(options),
    threads: options.threads,
    listeners: [...listeners, ...trainingListeners(options, () => model, data)],
  };
  if (model.kind === 'autoencoder') {
    const own = { ...autoencodingOptions(options), validation: inputsValidation(parts) };
    return model.fit(parts.training.inputs, { ...learning, ...own });
  }
  const own = { ...supervisedOptions(options, data), validation: supervisedValidation(parts) };
  return model.fit(supervisedData(parts.training), { ...learning, ...own });
}
