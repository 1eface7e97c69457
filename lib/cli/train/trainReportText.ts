import type { Detector } from '../../autoencoders/detector.js';
import type { History, TrainingEvent } from '../../model/events.js';
import { ProgressDisplay } from '../../progress/progressDisplay.js';
import { formatBytes, formatCount } from '../../quantities.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { Piece } from '../../terminal/printer.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { formatDuration, formatRate, painted, plural } from '../../terminal/style.js';
import { noiseText } from '../arguments/values.js';
import type { CliContext } from '../context.js';
import { shellPath } from '../terminal/shellText.js';
import { finalEpoch } from '../training/finalEpoch.js';
import type { TrainingData } from '../training/trainingData.js';
import { statisticsLines } from './statisticsText.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';
import {
  columnsText,
  cutText,
  endText,
  networkText,
  nonFiniteText,
  resultText,
  stoppingText,
  taskText,
  thresholdText,
  trainedText,
} from './trainTexts.js';
import { inTargetUnits, lossText, type TargetUnits, targetUnits } from './units.js';
import { warningText } from './warningText.js';

/** Sentences on standard output; the progress on standard error, as a bar or as a log. */
export class TextTrainReport implements TrainReport {
  readonly #options: TrainOptions;
  readonly #context: CliContext;
  readonly #status: StatusLine;
  readonly #progress: ProgressDisplay;
  #units: TargetUnits | null = null;

  constructor(options: TrainOptions, context: CliContext) {
    this.#options = options;
    this.#context = context;
    this.#status = new StatusLine(context.stderr);
    this.#progress = new ProgressDisplay(context.stderr, this.#status);
  }

  reading(path: string, pass: string, share: number): void {
    const verbs: Record<string, string> = { survey: 'Looking through', encode: 'Encoding' };
    this.#status.draw(`${verbs[pass] ?? 'Reading'} ${path} ${Math.floor(share * 100)} %`);
  }

  data(data: TrainingData, plan: TrainingPlan): void {
    const { inputs, droppedRows, notices } = data;
    const { trainingRows, validationRows } = plan;
    const parts = `${formatCount(trainingRows)} train, ${formatCount(validationRows)} validate`;
    this.#line(
      painted('bold', this.#options.data),
      `: ${plural(inputs.rows, 'row')}` +
        `${validationRows > 0 ? ` (${parts})` : ''}, ` +
        `${plural(inputs.columns, 'input')}${columnsText(data)}${cutText(data)}`,
    );
    this.#line(`Task: ${taskText(data)}`);
    if (droppedRows > 0) this.note(`${plural(droppedRows, 'row')} without a target: not used.`);
    for (const notice of notices) this.note(notice);
  }

  model(data: TrainingData, plan: TrainingPlan, parameters: number, options: TrainOptions): void {
    const { optimizer, out, run, seed, loss } = options;
    const noise = options.noise === 'none' ? undefined : options.noise;
    this.#line(
      `Network: ${networkText(options, data, plan)}, ${formatCount(parameters)} parameters`,
    );
    this.#units = targetUnits(data);
    this.#line(
      `Training: ${plural(plan.epochs, 'epoch')} in batches of ${formatCount(plan.batchSize)}, ` +
        `${optimizer.type} with a learning rate of ${Number(optimizer.learningRate.toPrecision(4))}, ` +
        `${noise ? `noise ${noiseText(noise)}, ` : ''}seed ${seed}`,
    );
    this.#line(`Loss: ${lossText(data, loss?.type)}`);
    // With noise on the rows, it learns what follows from what all the same.
    if (plan.code !== null && plan.code >= plan.inputSize && !noise) {
      this.note(
        'The code is not smaller than the row: a smaller --code makes the network compress.',
      );
    }
    if (out === undefined && run === undefined)
      this.note('The model will not be saved: give --out to keep it.');
    const explanation = this.#progress.begin({ epochs: plan.epochs, rows: plan.trainingRows });
    if (explanation !== null) this.#line(explanation);
  }

  event(event: TrainingEvent): void {
    if (event.type === 'statistics') {
      this.#status.clear();
      const { stderr } = this.#context;
      for (const line of statisticsLines(event, stderr.lineWidth)) stderr.line(line);
      return;
    }
    if (event.type === 'warning') {
      this.#aside(painted('yellow', 'Warning:'), ` ${warningText(event)}`);
      return;
    }
    this.#progress.show(inTargetUnits(event, this.#units));
  }

  stopping(reason: unknown): void {
    this.#aside(stoppingText(reason));
  }

  trained(data: TrainingData, history: History): void {
    this.#progress.end();
    const { nonFinite, seconds, rowsPerSecond } = history;
    const time =
      seconds < 10 ? `${seconds.toFixed(seconds < 1 ? 2 : 1)} s` : formatDuration(seconds);
    this.#line(`${trainedText(history)} in ${time}, ${formatRate(rowsPerSecond)} rows/s.`);
    const why = endText(history);
    if (why !== '') this.#line(why);
    if (nonFinite.length > 0) this.note(nonFiniteText(nonFinite));
    const last = finalEpoch(history);
    if (last === undefined) return;
    const result = last.validation ?? last;
    const rows = last.validation ? 'On the rows kept for validation' : 'On the training rows';
    const label = this.#units ? `${rows}, in the unit of '${this.#units.name}'` : rows;
    this.#line(`${label}: `, painted('bold', resultText(data, result)));
  }

  calibrated(detector: Detector): void {
    this.#line(thresholdText(detector));
  }

  saved(path: string, bytes: number): void {
    this.#line(
      painted('green', 'Saved'),
      ` ${path} (${formatBytes(bytes)}). Apply it to new data:`,
    );
    // Not wrapped: it is there to be copied.
    this.#context.stdout.line(`  layerwise predict ${shellPath(path)} new-data --out scored.csv`);
  }

  /** One every minute would hide what matters. */
  checkpoint(): void {}

  note(text: string): void {
    this.#line(painted('yellow', 'Note:'), ` ${text}`);
  }

  clear(): void {
    this.#status.clear();
  }

  #line(...pieces: readonly Piece[]): void {
    this.#status.clear();
    this.#context.stdout.paragraph(...pieces);
  }

  /** On standard error, where the progress is shown too. */
  #aside(...pieces: readonly Piece[]): void {
    this.#status.clear();
    this.#context.stderr.paragraph(...pieces);
  }
}
