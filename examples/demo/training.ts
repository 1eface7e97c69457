import type { EpochResult, History, TrainingRun } from 'layerwise';
import { ProgressLine } from './progressLine.ts';

/** A stretch of a training with one learning rate. */
export interface Phase {
  readonly epochs: number;
  readonly learningRate: number;
  readonly batchSize: number;
  /** Seed of the order of rows: each phase has its own. */
  readonly seed: number;
}

export interface TrainingResult {
  readonly phases: readonly Phase[];
  /** What `fit` has given, phase by phase. */
  readonly histories: readonly History[];
  /** The epochs of all phases, one after the other. */
  readonly epochs: readonly EpochResult[];
  readonly seconds: number;
  readonly rowsPerSecond: number;
  readonly threads: number;
}

export interface Training {
  readonly name: string;
  /** Rows in each epoch. */
  readonly rows: number;
  readonly phases: readonly Phase[];
  readonly fit: (phase: Phase) => TrainingRun;
}

/** Trains phase after phase: a second `fit` goes on where the first one ended. */
export async function trainInPhases(training: Training): Promise<TrainingResult> {
  const { name, rows, phases } = training;
  const total = phases.reduce((sum, phase) => sum + phase.epochs, 0);
  const line = new ProgressLine(name, total);
  const epochs: EpochResult[] = [];
  const histories: History[] = [];
  let seconds = 0;
  let threads = 0;
  for (const phase of phases) {
    const run = training.fit(phase);
    for await (const event of run) line.show(event, epochs.length);
    const history = await run;
    epochs.push(...history.epochs);
    histories.push(history);
    seconds += history.seconds;
    threads = history.threads;
  }
  line.end();
  const rowsPerSecond = (rows * total) / seconds;
  return { phases, histories, epochs, seconds, rowsPerSecond, threads };
}
