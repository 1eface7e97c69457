import type { TrainingEpochEvent } from '../model/events.js';
import type { TrainingStart } from '../model/listeners.js';
import type { Printer } from '../terminal/printer.js';
import { StatusLine } from '../terminal/statusLine.js';
import { EpochLines } from './epochLines.js';
import { doneShare, epochLine, type ProgressingEvent, progressLine } from './progressText.js';

/** Milliseconds between two drawings: more would take longer to write than fast epochs to train. */
const drawInterval = 30;

type Training = Pick<TrainingStart, 'epochs' | 'rows'>;

/** How far a training is: lines for its epochs, and below them a bar that is redrawn where somebody looks on. */
export class ProgressDisplay {
  readonly #printer: Printer;
  readonly #status: StatusLine;
  #training: Training = { epochs: 1, rows: 0 };
  /** Null where only the last epoch leaves a line. */
  #lines: EpochLines | null = new EpochLines(1);
  /** The newest epoch, where it has left no line. */
  #unshown: TrainingEpochEvent | undefined;
  #validationLoss: number | undefined;
  #ended = { epochs: 0, seconds: 0 };
  #drawnAt = Number.NEGATIVE_INFINITY;

  /** @param status The line to draw on, where the caller has one. */
  constructor(printer: Printer, status = new StatusLine(printer)) {
    this.#printer = printer;
    this.#status = status;
  }

  /**
   * Returns which epochs will leave no line, in a sentence; null where all of them will.
   *
   * @param onlyLast Whether only the last one does, as where the training is one of many.
   */
  begin(training: Training, onlyLast = false): string | null {
    this.#training = training;
    this.#lines = onlyLast ? null : new EpochLines(training.epochs);
    this.#unshown = undefined;
    this.#validationLoss = undefined;
    this.#ended = { epochs: 0, seconds: 0 };
    return this.#lines?.explanation ?? null;
  }

  show(event: ProgressingEvent): void {
    if (event.type === 'epoch') this.#epoch(event);
    if (this.#status.isShown) this.#draw(event);
  }

  /** Also where a training ends early, between two epochs that leave a line. */
  end(): void {
    this.#showLastEpoch();
    this.clear();
  }

  /** Makes room for ordinary lines. */
  clear(): void {
    this.#status.clear();
  }

  #draw(event: ProgressingEvent): void {
    const now = performance.now();
    const isLast = doneShare({ event, epochs: this.#training.epochs }) === 1;
    if (now - this.#drawnAt < drawInterval && !isLast) return;
    this.#drawnAt = now;
    const { epochs, seconds } = this.#ended;
    const state = {
      ...{ event, ...this.#training, validationLoss: this.#validationLoss },
      secondsPerEpoch: epochs > 0 ? seconds / epochs : undefined,
    };
    this.#status.draw(progressLine(state, this.#status.width));
  }

  #epoch(event: TrainingEpochEvent): void {
    if (event.validation) this.#validationLoss = event.validation.loss;
    this.#ended.epochs += 1;
    this.#ended.seconds += event.seconds;
    this.#unshown = event;
    if (this.#lines?.isDue(event)) this.#showLastEpoch();
  }

  #showLastEpoch(): void {
    if (this.#unshown === undefined) return;
    const width = this.#status.isShown ? this.#status.width : undefined;
    this.#status.clear();
    this.#printer.line(epochLine(this.#unshown, this.#training.epochs, width));
    this.#unshown = undefined;
    // The bar comes back at once.
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }
}
