import { requirePath } from '../checks.js';
import type { TrainingEvent } from '../model/events.js';
import type { RunListener } from '../model/listeners.js';
import { resolveTensorBoard, type TensorBoardOptions } from './tensorBoardOptions.js';
import { TensorBoardRun } from './tensorBoardRun.js';

/**
 * Writes what happens in a training for TensorBoard, which is started with the folder: loss and metrics of each epoch, those
 * of the validation beside them, learning rate, speed, histograms of the parameters, what the option `statistics` tells
 * of the layers, warnings as text, and the options of the training as hyper-parameters of the plugin HParams.
 *
 * A training that goes on with a checkpoint goes on in the same folder; what older files have of epochs that are told
 * anew is shown no more. Trainings that are to be compared have a folder each, side by side.
 *
 * ```ts
 * await model.fit(data, { epochs: 50, listeners: [tensorBoard('logs/first')] });
 * ```
 *
 * @param directory A folder, which is made: in it `train` and `validation`, which TensorBoard draws into one chart,
 * `layers` for statistics, and the hyper-parameters; of a pre-training the same in `stage1`, `stage2` and so on, of several
 * networks of a table in `member1`, `member2` and so on, and of the last training of one on all rows in `refit`.
 * @returns A listener of one run after the other, for the option `listeners` of `fit`. Errors of the system (a full
 * disk) end the run.
 * @throws ArgumentError
 */
export function tensorBoard(
  directory: string,
  options: TensorBoardOptions = {},
): RunListener<TrainingEvent> {
  requirePath(directory, 'directory');
  const resolved = resolveTensorBoard(options);
  let run: TensorBoardRun | undefined;
  return {
    onStart(start) {
      // Of a pre-training, each stage begins.
      if (!run?.isOpen) run = new TensorBoardRun(directory, resolved, start);
      run.begin(start);
    },
    onEpochs: (events) => run?.epochs(events),
    onStatistics(event) {
      run?.statistics(event);
    },
    onWarning(event) {
      run?.warning(event);
    },
    onEnd(end) {
      run?.end(end);
    },
  };
}
