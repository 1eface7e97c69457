import type { Detector } from '../../autoencoders/detector.js';
import type { History, TrainingCheckpoint, TrainingEvent } from '../../model/events.js';
import type { BegunNetwork, TrainedTable } from '../../tables/tableTraining.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import { hasRefit } from '../../tables/trainRefit.js';
import type { CliContext } from '../context.js';
import { finalEpoch } from '../training/finalEpoch.js';
import { classesOf, type TrainingData } from '../training/trainingData.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';
import { withCliAdvice } from './warningText.js';

/** `train --json`: one object per line on standard output, and nothing else. */
export class JsonTrainReport implements TrainReport {
  readonly #options: TrainOptions;
  readonly #stdout: CliContext['stdout'];
  /** Of the network that trains. */
  #epochs: number | undefined;

  constructor(options: TrainOptions, { stdout }: CliContext) {
    this.#options = options;
    this.#stdout = stdout;
  }

  reading(): void {}

  data(data: TrainingData, plan: TrainingPlan): void {
    const { task, reason, schema, inputs, cut, droppedRows, notices } = data;
    this.#write('data', {
      file: this.#options.data,
      ...(cut !== null && { delimiter: cut.delimiter, columns: cut.columns }),
      task,
      reason,
      target: schema.kind === 'table' ? (schema.target?.name ?? null) : null,
      classes: classesOf(data),
      // Of several networks, every row trains some.
      rows: plan.members > 1 ? inputs.rows : plan.trainingRows,
      validationRows: plan.members > 1 ? 0 : plan.validationRows,
      droppedRows,
      inputs: inputs.columns,
      notices,
    });
  }

  model(
    _: TrainingData,
    plan: TrainingPlan,
    parameters: number,
    options: TrainOptions,
    seconds?: number,
  ): void {
    this.#epochs = plan.epochs;
    const { optimizer, activation, seed, loss, noise } = options;
    this.#write('model', {
      ...{ ...plan, parameters, activation, optimizer, seed, loss, noise },
      expectedSeconds: seconds,
    });
  }

  member({ place, rows, epochs }: BegunNetwork): void {
    this.#epochs = epochs;
    this.#write('member', { ...place, rows });
  }

  event(event: TrainingEvent): void {
    const { type, ...fields } = event.type === 'warning' ? withCliAdvice(event) : event;
    this.#write(type, { epochs: this.#epochs, ...fields });
  }

  stopping(): void {}

  trained({ schema }: TrainingData, history: History, checkpoint: string | null): void {
    const { stopReason, epochs, nonFinite, seconds, rowsPerSecond, threads } = history;
    const last = finalEpoch(history);
    const target = schema.kind === 'table' ? schema.target : null;
    this.#write('done', {
      stopReason,
      epochs: epochs.length,
      loss: last?.loss ?? null,
      metrics: last?.metrics ?? {},
      validation: last?.validation ?? null,
      // By this the errors of a regressor become errors in the units of its target.
      targetDeviation: target?.type === 'number' ? target.deviation : null,
      nonFinite,
      seconds,
      rowsPerSecond,
      threads,
      checkpoint,
    });
  }

  judged(
    { schema }: TrainingData,
    { refits }: TrainingPlan,
    trained: TrainedTable,
    checkpoint: string | null,
  ): void {
    const { networks, histories, judgement, temperature, stopReason } = trained;
    const target = schema.kind === 'table' ? schema.target : null;
    const [last] = histories.slice(-1);
    const epochs = histories.map((history) => history.epochs.length);
    this.#write('done', {
      stopReason,
      members: networks.length,
      epochs: refits ? epochs[0] : Math.max(...epochs),
      ...(refits && {
        bestEpoch: histories[0].bestEpoch,
        // Where the last training was ended before its end, the model is the one before it.
        refit: hasRefit(trained) ? { epochs: epochs[1] } : null,
      }),
      outOfFold: judgement,
      temperature,
      // By this the errors of a regressor become errors in the units of its target.
      targetDeviation: target?.type === 'number' ? target.deviation : null,
      nonFinite: histories.flatMap(({ nonFinite }) => nonFinite),
      seconds: histories.reduce((sum, { seconds }) => sum + seconds, 0),
      threads: last?.threads,
      ...(checkpoint !== null && { checkpoint }),
    });
  }

  calibrated(detector: Detector): void {
    this.#write('detector', detector);
  }

  saved(path: string, bytes: number): void {
    this.#write('saved', { path, bytes });
  }

  checkpoint(checkpoint: TrainingCheckpoint): void {
    this.#write('checkpoint', checkpoint);
  }

  note(message: string): void {
    this.#write('note', { message });
  }

  clear(): void {}

  #write(type: string, fields: object): void {
    this.#stdout.json({ type, ...fields });
  }
}
