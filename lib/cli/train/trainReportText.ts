import type { Detector } from '../../autoencoders/detector.js';
import type { History, TrainingEvent } from '../../model/events.js';
import { ProgressDisplay } from '../../progress/progressDisplay.js';
import { formatBytes, formatCount } from '../../quantities.js';
import type { BegunNetwork, TrainedTable } from '../../tables/tableTraining.js';
import type { TrainingPlan } from '../../tables/trainingPlan.js';
import type { Piece } from '../../terminal/printer.js';
import { StatusLine } from '../../terminal/statusLine.js';
import { formatRate, painted, plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { shellPath } from '../terminal/shellText.js';
import { finalEpoch } from '../training/finalEpoch.js';
import type { TrainingData } from '../training/trainingData.js';
import { judgementText } from './judgementTexts.js';
import { statisticsLines } from './statisticsText.js';
import type { TrainOptions } from './trainArguments.js';
import type { TrainReport } from './trainReport.js';
import {
  columnsText,
  cutText,
  endText,
  modelOfRefitText,
  networkText,
  nonFiniteText,
  refitText,
  resultText,
  shortTime,
  stoppingText,
  taskText,
  thresholdText,
  timeText,
  trainedMembersText,
  trainedText,
  trainingText,
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
  #plan: TrainingPlan | undefined;
  /** Warnings that were shown: of several networks, once is enough. */
  readonly #warned = new Set<string>();

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
    const { trainingRows, validationRows, members } = plan;
    const parts = `${formatCount(trainingRows)} train, ${formatCount(validationRows)} validate`;
    this.#line(
      painted('bold', this.#options.data),
      `: ${plural(inputs.rows, 'row')}` +
        `${validationRows > 0 && members === 1 ? ` (${parts})` : ''}, ` +
        `${plural(inputs.columns, 'input')}${columnsText(data)}${cutText(data)}`,
    );
    this.#line(`Task: ${taskText(data)}`);
    if (droppedRows > 0) this.note(`${plural(droppedRows, 'row')} without a target: not used.`);
    for (const notice of notices) this.note(notice);
  }

  model(
    data: TrainingData,
    plan: TrainingPlan,
    parameters: number,
    options: TrainOptions,
    seconds?: number,
  ): void {
    const { out, run, loss } = options;
    const noise = options.noise === 'none' ? undefined : options.noise;
    this.#plan = plan;
    this.#line(
      `Network: ${networkText(options, data, plan)}, ${formatCount(parameters)} parameters`,
    );
    this.#units = targetUnits(data);
    this.#line(`Training: ${trainingText(options, plan)}${timeText(seconds)}`);
    this.#line(`Loss: ${lossText(data, loss?.type)}`);
    // With noise on the rows, it learns what follows from what all the same.
    if (plan.code !== null && plan.code >= plan.inputSize && !noise) {
      this.note(
        'The code is not smaller than the row: a smaller --code makes the network compress.',
      );
    }
    if (out === undefined && run === undefined)
      this.note('The model will not be saved: give --out to keep it.');
    if (plan.members > 1 || plan.refits) return;
    const explanation = this.#progress.begin({ epochs: plan.epochs, rows: plan.trainingRows });
    if (explanation !== null) this.#line(explanation);
  }

  member({ place: { member, members, refit }, rows, epochs }: BegunNetwork): void {
    this.#progress.end();
    const { stderr } = this.#context;
    if (members > 1) stderr.line(`Network ${member} of ${members}`);
    if (refit) stderr.line(`Once more, on all ${formatCount(rows)} rows`);
    const explanation = this.#progress.begin({ epochs, rows }, members > 1);
    if (explanation !== null && !refit) this.#line(explanation);
  }

  event(event: TrainingEvent): void {
    if (event.type === 'statistics') {
      this.#status.clear();
      const { stderr } = this.#context;
      for (const line of statisticsLines(event, stderr.lineWidth)) stderr.line(line);
      return;
    }
    if (event.type === 'warning') {
      if (this.#warned.has(event.code)) return;
      this.#warned.add(event.code);
      // A fold is few rows, and what networks learn by heart goes by in their mean.
      if (event.code === 'overfitting' && this.#plan?.members !== 1) return;
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
    this.#line(
      `${trainedText(history)} in ${shortTime(seconds)}, ${formatRate(rowsPerSecond)} rows/s.`,
    );
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

  judged(data: TrainingData, plan: TrainingPlan, trained: TrainedTable): void {
    this.#progress.end();
    const { histories, judgement } = trained;
    const seconds = histories.reduce((sum, history) => sum + history.seconds, 0);
    const nonFinite = histories.flatMap((history) => history.nonFinite);
    const what = plan.refits ? refitText(trained) : trainedMembersText(histories);
    this.#line(`${what} in ${shortTime(seconds)}.`);
    if (nonFinite.length > 0) this.note(nonFiniteText(nonFinite));
    if (plan.refits) this.#line(modelOfRefitText(plan, trained));
    if (judgement === null) return;
    const rows = plan.refits
      ? `On the ${formatCount(judgement.rows)} rows that validate, before they trained it`
      : 'On rows that the networks had not learned from';
    this.#line(`${rows}: `, painted('bold', judgementText(data, judgement)));
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
