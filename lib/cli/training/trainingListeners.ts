import { join } from 'node:path';
import { FileRows } from '../../data/fileRows.js';
import { takeRows } from '../../data/takeRows.js';
import {
  type Autoencoder,
  csvLog,
  type Inputs,
  matrix,
  type RunListener,
  type Sequential,
  tensorBoard,
} from '../../index.js';
import type { SearchOptions } from '../search/searchArguments.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { TrainingData } from './trainingData.js';

/** Numbers of a training that the command line writes into files. */

/** Of the training of a command. @param modelOf The network that trains, of several. */
export function trainingListeners(
  { tensorboard, csvLog: table }: Pick<TrainOptions, 'tensorboard' | 'csvLog'>,
  modelOf: () => Sequential | Autoencoder,
  { inputs }: TrainingData,
): RunListener[] {
  const listeners: RunListener[] = [];
  if (tensorboard !== undefined) {
    const sample = sampleOf(inputs);
    const activations = async () => modelOf().activations(await sample);
    listeners.push(tensorBoard(tensorboard, { histograms: { activations } }));
  }
  if (table !== undefined) listeners.push(csvLog(table));
  return listeners;
}

/** Rows whose activations are shown. */
const sampleRows = 256;

async function sampleOf(inputs: TrainingData['inputs']): Promise<Inputs> {
  const chosen = spreadOut(inputs.rows);
  if (!FileRows.isFileRows(inputs)) return takeRows(inputs, chosen, inputs.columns);
  const values = new Float32Array(chosen.length * inputs.columns);
  for (const [index, row] of chosen.entries()) {
    values.set(await inputs.read(row, row + 1), index * inputs.columns);
  }
  return matrix(values, chosen.length, inputs.columns);
}

/** Some rows, from all parts of the data: tables are often sorted. */
function spreadOut(rows: number): Uint32Array {
  const count = Math.min(sampleRows, rows);
  return Uint32Array.from({ length: count }, (_, index) => Math.floor((index * rows) / count));
}

/** Of a trial, in a folder of its own; of cross-validation, each fold in one of that. */
export function trialListeners(
  { tensorboard, folds }: Pick<SearchOptions, 'tensorboard' | 'folds'>,
  { number, values }: { readonly number: number; readonly values: object },
): RunListener[] {
  if (tensorboard === undefined) return [];
  const folder = join(tensorboard, `trial-${number}`);
  const entries = Object.entries(values).map(([name, value]) => [name, plainValue(value)] as const);
  const options = { hyperParameters: Object.fromEntries(entries) };
  if (folds === undefined) return [tensorBoard(folder, options)];
  let fold = 0;
  return [inTurn(() => tensorBoard(join(folder, `fold-${++fold}`), options))];
}

/** HParams knows no lists. */
function plainValue(value: unknown): string | number | boolean {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
  return isPlain ? (value as string | number | boolean) : JSON.stringify(value);
}

/** A new listener for each of several trainings. */
function inTurn(next: () => RunListener): RunListener {
  let listener: RunListener = {};
  return {
    onStart(start) {
      listener = next();
      return listener.onStart?.(start);
    },
    onEpochs: (events) => listener.onEpochs?.(events),
    onStatistics: (event) => listener.onStatistics?.(event),
    onWarning: (event) => listener.onWarning?.(event),
    onEnd: (end) => listener.onEnd?.(end),
  };
}
