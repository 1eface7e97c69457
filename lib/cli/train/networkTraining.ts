import type { Autoencoder, Sequential } from '../../index.js';
import type { Intervals } from '../../tables/intervals.js';
import type { TableModel } from '../../tables/tableModel.js';
import type { TrainedTable } from '../../tables/tableTraining.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { TrainingRecord } from '../../tables/trainingRecord.js';
import type { CliContext } from '../context.js';
import type { OpenRun } from '../run/openRun.js';
import type { KnownModel } from '../training/knownModel.js';
import type { TrainingData } from '../training/trainingData.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';

/** What the command does alike, whether one network is trained or several are that judge each other. */

export interface WantedTraining {
  readonly data: TrainingData;
  readonly plan: TrainingPlan;
  readonly options: TrainOptions;
  /** A model that goes on to learn; a new one where there is none. */
  readonly known?: KnownModel | null | undefined;
  /** Where the whole run is kept. */
  readonly folder?: OpenRun | undefined;
}

/** What differs between the two. */
export interface NetworkTraining {
  /** Tells what is about to be trained. */
  begin(report: TrainReport): Promise<void>;
  /** Trains until the end, or until somebody ends it, and tells what came of it. */
  run(context: CliContext, report: TrainReport): Promise<EndedTraining>;
  /** The model, with what it knows of its data. */
  modelOf(trained: TrainedTable, known: LearnedBesides, report: TrainReport): Promise<TrainedModel>;
}

/** What `train` saves: of images, it is the network itself. */
export type TrainedModel = Sequential | Autoencoder | TableModel;

export interface EndedTraining {
  readonly trained: TrainedTable;
  /** The last one; null where there is none. */
  readonly checkpoint: string | null;
}

/** What a model has beside its networks. */
export interface LearnedBesides {
  readonly record: TrainingRecord;
  readonly intervals: Intervals | undefined;
}
