import type { TrainingEvent } from '../model/events.js';
import type { RunListener } from '../model/listeners.js';
import { Printer } from '../terminal/printer.js';
import { painted } from '../terminal/style.js';
import { ProgressDisplay } from './progressDisplay.js';

/**
 * Shows how far a training is, on standard error, as the command line does: a line for each epoch, or for some where
 * they are many, and below them a bar with loss, metrics, speed and time left that is redrawn in place. Where standard
 * error is no terminal, or `TERM` is `dumb`, there are the lines alone; colours go by `NO_COLOR`. It never throws, and
 * is silent where nobody can read it.
 *
 * ```ts
 * await model.fit(data, { epochs: 50, listeners: [progressBar()] });
 * ```
 *
 * @returns A listener of one run after the other, for the option `listeners` of `fit`.
 */
export function progressBar(): RunListener<TrainingEvent> {
  return progressBarOn(standardError);
}

/** @internal The stream is looked at when a training begins. */
export function progressBarOn(printer: () => Printer): RunListener<TrainingEvent> {
  let display: ProgressDisplay | undefined;
  return {
    onStart(start) {
      display ??= new ProgressDisplay(printer());
      const explanation = display.begin(start);
      if (explanation !== null) printer().paragraph(explanation);
    },
    onProgress(event) {
      display?.show(event);
    },
    // Of fast runs there are many at a time.
    onEpochs(events) {
      for (const event of events) display?.show(event);
    },
    onWarning({ message }) {
      display?.clear();
      printer().paragraph(painted('yellow', 'Warning:'), ` ${message}`);
    },
    onEnd() {
      display?.end();
    },
  };
}

let printer: Printer | undefined;

/** One for the process: each listens to the errors of the stream. */
function standardError(): Printer {
  printer ??= new Printer(process.stderr, process.env);
  return printer;
}
