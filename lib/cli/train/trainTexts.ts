import type { Detector } from '../../autoencoders/detector.js';
import { listOf } from '../../checks.js';
import { numberField } from '../../data/csvWriter.js';
import {
  type ColumnType,
  embeddedInputsOf,
  encodedWidth,
  type TableSchema,
} from '../../data/tableSchema.js';
import type { History, ValidationResult } from '../../model/events.js';
import type { TrainingStart } from '../../model/listeners.js';
import { metricTexts } from '../../progress/progressText.js';
import { formatCount } from '../../quantities.js';
import type { TrainedTable } from '../../tables/tableTraining.js';
import { tabularActivation } from '../../tables/tabular.js';
import { type TrainingPlan, unitsOfVectors } from '../../tables/trainingPlan.js';
import { hasRefit } from '../../tables/trainRefit.js';
import { formatDuration, formatNumber, plural } from '../../terminal/style.js';
import { noiseText } from '../arguments/values.js';
import { Interrupted } from '../exitCodes.js';
import { classesOf, type TrainingData } from '../training/trainingData.js';
import type { TrainOptions } from './trainArguments.js';
import { metricsInUnits, targetUnits } from './units.js';

/** The sentences of `train`: pure functions of what was read, planned and measured. */

export function columnsText({ schema }: TrainingData): string {
  if (schema.kind === 'idx') return ` (${schema.shape.join(' x ')})`;
  const count = (...types: ColumnType[]): number =>
    schema.columns.filter(({ type }) => types.includes(type)).length;
  const numbers = count('number');
  if (schema.columns.length === numbers && encodedWidth(schema) === numbers) return '';
  const [booleans, dates] = [count('boolean'), count('date')];
  const kinds = [
    `${plural(numbers, 'column')} of numbers`,
    `${formatCount(count('text', 'embedded'))} of text`,
    ...(booleans > 0 ? [`${formatCount(booleans)} of booleans`] : []),
    ...(dates > 0 ? [`${formatCount(dates)} of dates`] : []),
  ];
  return ` from ${listOf(kinds)}`;
}

/** `; 5 columns between ',', target 'price' read as numbers`: a wrong reading shows at once. */
export function cutText({ cut, schema }: TrainingData): string {
  if (cut === null || schema.kind === 'idx') return '';
  const { delimiter } = cut;
  const between =
    delimiter === null ? '' : ` between ${delimiter === '\t' ? 'tabs' : `'${delimiter}'`}`;
  return `; ${plural(cut.columns, 'column')}${between}${targetText(schema)}`;
}

function targetText({ target }: TableSchema): string {
  if (target === null) return '';
  if (target.type === 'number') return `, target '${target.name}' read as numbers`;
  const kind = target.numeric ? 'numbers' : 'texts';
  return `, target '${target.name}' read as ${target.classes.length} classes, which are ${kind}`;
}

const mostClassesShown = 10;

export function taskText(data: TrainingData): string {
  const { schema, task, reason } = data;
  if (task === 'autoencoding') return 'autoencoder';
  const because = reason === null ? '' : ` (${reason})`;
  const target = schema.kind === 'table' ? schema.target?.name : undefined;
  const what = target === undefined ? '' : ` of '${target}'`;
  const classes = classesOf(data);
  if (classes === null) return `${task}${what}${because}`;
  const shown = classes.slice(0, mostClassesShown).join(', ');
  const more = classes.length > mostClassesShown ? ', ...' : '';
  return `${task}${what} into ${classes.length} classes: ${shown}${more}${because}`;
}

/** `4 - 128 relu - 64 relu - 3 softmax`; `4 (1 as vectors of 8) - …` where the first layer has vectors for texts. */
export function networkText(
  { activation, dropout }: Pick<TrainOptions, 'activation' | 'dropout'>,
  { task, schema }: Pick<TrainingData, 'task' | 'schema'>,
  { network, inputSize, outputSize, hidden, code }: TrainingPlan,
): string {
  const after = dropout ? ` dropout ${dropout}` : '';
  const isTabular = network === 'tabular';
  const kind = isTabular
    ? tabularActivation(task === 'classification' ? task : 'regression')
    : activation.type;
  const layers = hidden.map((units) => `${units} ${kind}${after}`);
  if (code !== null) {
    return [inputSize, ...layers, `code ${code}`, ...layers.reverse(), outputSize].join(' - ');
  }
  const end = task === 'classification' ? 'softmax' : 'linear';
  const indices = schema.kind === 'table' ? embeddedInputsOf(schema).length : 0;
  const vectors = indices === 0 ? '' : ` (${indices} as vectors of ${unitsOfVectors})`;
  const scaled = isTabular ? ['scaling'] : [];
  return [`${inputSize}${vectors}`, ...scaled, ...layers, `${outputSize} ${end}`].join(' - ');
}

export function resultText(data: TrainingData, { loss, metrics }: ValidationResult): string {
  const units = targetUnits(data);
  const measured = metricTexts(metricsInUnits(metrics, units));
  if (units !== null) {
    const typical = Math.sqrt(loss) * units.deviation;
    return [
      `typical error ${formatNumber(typical)} (root mean square)`,
      `'${units.name}' itself varies by ${formatNumber(units.deviation)}`,
      ...measured,
    ].join('; ');
  }
  return [`loss ${formatNumber(loss)}`, ...measured].join(', ');
}

/** `Threshold: 0.0123 (contamination 0.01, from 500 rows)`. */
export function thresholdText({ threshold, rule, rows, errors }: Detector): string {
  const { method, ...parameters } = rule ?? { method: 'set by hand' };
  const how = [method, ...Object.values(parameters)].join(' ');
  const source = rule === null ? '' : `, from ${plural(rows, 'row')}`;
  const measure = errors === 'squared' ? 'error' : 'score';
  return `Threshold: a row whose ${measure} is above ${numberField(threshold)} is an anomaly (${how}${source})`;
}

/** Where a run goes on that another process has begun; null where it begins. */
export function resumedText({
  checkpoint,
  epochs,
  epochsBefore: { length },
}: Pick<TrainingStart, 'checkpoint' | 'epochs' | 'epochsBefore'>): string | null {
  if (checkpoint === null) return null;
  if (length >= epochs) return `${checkpoint} has all of the ${plural(epochs, 'epoch')}.`;
  return `Goes on with epoch ${formatCount(length + 1)} of ${formatCount(epochs)}, from ${checkpoint}.`;
}

/** That a training is about to end, and what does not wait for it. */
export function stoppingText(reason: unknown): string {
  const signal = reason instanceof Interrupted ? reason.signal : 'SIGINT';
  const stopping = 'Stopping after this batch.';
  // The terminal is gone: nobody can ask again.
  if (signal === 'SIGHUP') return stopping;
  const again = { SIGINT: 'Ctrl-C', SIGBREAK: 'Ctrl-Break', SIGTERM: 'SIGTERM' }[signal];
  return `${stopping} ${again} again quits at once.`;
}

/** What --on-non-finite has done. */
export function nonFiniteText(batches: History['nonFinite']): string {
  const { epoch, batch, action } = batches[0] ?? {};
  const what = action === 'rollback' ? 'Went back' : 'Left an update out';
  const where = `the first time in epoch ${epoch}, batch ${batch}`;
  return `${what} ${plural(batches.length, 'time')}, as numbers were not finite: ${where}.`;
}

/** `91 epochs in batches of 32, adamW with a learning rate of 0.001 and a decay of 1, seed 0`. */
export function trainingText(
  { optimizer, schedule, seed, noise }: TrainOptions,
  plan: TrainingPlan,
): string {
  const { epochs, batchSize, members, refits, trainingRows, validationRows } = plan;
  const { learningRate } = optimizer;
  const weightDecay = 'weightDecay' in optimizer ? optimizer.weightDecay : 0;
  const decay = weightDecay > 0 ? ` and a decay of ${shortNumber(weightDecay)}` : '';
  const course = schedule.type === 'constant' ? '' : ` by the schedule ${schedule.type}`;
  const corruption = noise === undefined || noise === 'none' ? '' : `noise ${noiseText(noise)}, `;
  const how = `${plural(epochs, 'epoch')} in batches of ${formatCount(batchSize)}, ${optimizer.type} with a learning rate of ${shortNumber(learningRate)}${decay}${course}, ${corruption}seed ${seed}`;
  if (refits) {
    return `${how}; then once more on all ${formatCount(trainingRows + validationRows)} rows, for as many epochs as were best for those that validate`;
  }
  if (members === 1) return how;
  return `${members} networks that predict together, each on all of ${members} parts of the rows but one, which judges it; ${how}`;
}

function shortNumber(value: number): number {
  return Number(value.toPrecision(4));
}

/** `; about 3 s`. */
export function timeText(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return `; about ${seconds < 1 ? 'a second' : shortTime(Math.ceil(seconds))}`;
}

export function shortTime(seconds: number): string {
  if (seconds >= 10) return formatDuration(seconds);
  return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(seconds < 1 ? 2 : 1)} s`;
}

/** `Trained 5 networks of 91 epochs`. */
export function trainedMembersText(histories: readonly History[]): string {
  const epochs = histories.map((history) => history.epochs.length);
  const [fewest, most] = [Math.min(...epochs), Math.max(...epochs)];
  const range = fewest === most ? plural(most, 'epoch') : `${fewest} to ${plural(most, 'epoch')}`;
  const isWhole = histories.every(({ stopReason }) => stopReason === 'completed');
  return `${isWhole ? 'Trained' : 'Stopped after'} ${plural(histories.length, 'network')} of ${range}`;
}

/** `Trained 15 epochs, and 12 on all rows`. */
export function refitText({ histories: [first, last] }: Pick<TrainedTable, 'histories'>): string {
  const again = last === undefined ? '' : `, and ${formatCount(last.epochs.length)} on all rows`;
  return `${trainedText(first)}${again}`;
}

/** Which of the two trainings the model is of. */
export function modelOfRefitText(
  { trainingRows, validationRows }: TrainingPlan,
  trained: Pick<TrainedTable, 'histories'>,
): string {
  const [{ bestEpoch }] = trained.histories;
  if (bestEpoch === null) return 'No epoch was trained to its end: the model is what there is.';
  const best = `Epoch ${formatCount(bestEpoch)} was the best for the rows that validate`;
  return hasRefit(trained)
    ? `${best}: the model has learned from all ${formatCount(trainingRows + validationRows)} rows for as long.`
    : `${best}, and the model has its weights: the training on all rows was not finished.`;
}

/** `Trained 20 epochs`, or how many it were until something stopped the training. */
export function trainedText({ epochs, stopReason }: History): string {
  const isStopped = stopReason === 'stopped' || stopReason === 'timeLimit';
  return `${isStopped ? 'Stopped after' : 'Trained'} ${plural(epochs.length, 'epoch')}`;
}

/** Why a training ended by itself before its last epoch, and which weights it has left; nothing where it did not. */
export function endText({ stopReason, bestEpoch }: History): string {
  if (stopReason === 'converged') return 'No better weights were found after the last of them.';
  if (stopReason !== 'stoppedEarly') return '';
  return `Nothing was better than epoch ${bestEpoch}, so it ended early; the model has the weights of that epoch.`;
}
