import { requirePath } from '../checks.js';
import type { EpochResult, TrainingEvent } from '../model/events.js';
import type { RunListener } from '../model/listeners.js';
import { EpochFile } from './epochFile.js';
import { epochRow, type TrainingPart } from './epochRow.js';

/**
 * Writes the epochs of a training into a CSV file: a line for each, which is in the file when the listener has been told
 * of the epoch. The columns are `epoch`, `loss`, the metrics, the same of the validation as `validation.loss` and so on,
 * `learningRate`, `seconds` and `rowsPerSecond`; of a pre-training, `stage` in front of them, and of several networks
 * of a table `member`, and of one that is trained once more on all rows `refit`, 1 in that last training. Numbers are
 * written with all their digits.
 *
 * A training that goes on with a checkpoint goes on with its file: lines of epochs that are told anew are replaced, and
 * those that are missing added. A training that begins with its first epoch begins the file anew.
 *
 * ```ts
 * await model.fit(data, { epochs: 50, listeners: [csvLog('epochs.csv')] });
 * ```
 *
 * @param path A file in a folder that exists; it is opened when a training begins. What is no such table is not
 * overwritten: the run ends with an ArgumentError. Errors of the system (a full disk) end the run likewise.
 * @returns A listener of one run after the other, for the option `listeners` of `fit`.
 * @throws ArgumentError for what is no path.
 */
export function csvLog(path: string): RunListener<TrainingEvent> {
  requirePath(path);
  let file: EpochFile | undefined;
  let part: TrainingPart = {};
  /** Of a training that goes on: a power cut may have taken their lines, or the log is new. */
  let before: readonly EpochResult[] = [];
  const append = (results: readonly EpochResult[]): void => {
    const rows = [...before, ...results].map((result) => epochRow(result, part));
    before = [];
    file?.append(rows);
  };
  // Written at once, not by promises: a run that was stopped does not wait for those, and would lose its last lines.
  return {
    onStart(start) {
      // Of a pre-training, each stage begins; of several networks, each of them.
      if (file?.isOpen) append([]);
      else file = new EpochFile(path);
      part = start;
      before = start.epochsBefore;
    },
    onEpochs: append,
    onEnd() {
      append([]);
      file?.close();
    },
  };
}
