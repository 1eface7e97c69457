import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type {
  TrainingEpochEvent,
  TrainingStatisticsEvent,
  TrainingWarningEvent,
} from '../model/events.js';
import type { TrainingEnd, TrainingStart } from '../model/listeners.js';
import { EventFile, type StepValues } from './eventFile.js';
import {
  type SummaryValue,
  scalarValue,
  sessionEndValue,
  sessionStartValue,
  textValue,
} from './eventRecords.js';
import { hyperParametersOf } from './hyperParameters.js';
import { activationValues, parameterValues, statisticsValues } from './layerValues.js';
import { resultNumbers } from './resultNumbers.js';
import type { ResolvedTensorBoard } from './tensorBoardOptions.js';

/** Histograms in a training, about: TensorBoard draws them one behind the other. */
const usualHistograms = 100;

/** What one training tells, in the folders of its runs. */
export class TensorBoardRun {
  readonly #directory: string;
  readonly #options: ResolvedTensorBoard;
  /** By their folders. */
  readonly #files = new Map<string, EventFile>();
  #start: TrainingStart;
  /** Told before the first epoch, whose step says where the training goes on. */
  #warnings: TrainingWarningEvent[] = [];
  #hasEpochs = false;
  #isOpen = true;

  /** Writes the hyper-parameters. @throws Errors of the system. */
  constructor(directory: string, options: ResolvedTensorBoard, start: TrainingStart) {
    this.#directory = directory;
    this.#options = options;
    this.#start = start;
    const parameters = { ...hyperParametersOf(start), ...options.hyperParameters };
    this.#writeSession(sessionStartValue(parameters, Date.now() / 1000));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The training, or the next stage of a pre-training, begins. */
  begin(start: TrainingStart): void {
    this.#start = start;
    this.#hasEpochs = false;
  }

  // The numbers are written at once, not by promises: a run that was stopped does not wait for those, and would lose its
  // last epochs.
  epochs(events: readonly TrainingEpochEvent[]): Promise<void> | undefined {
    const [first] = events;
    const last = events.at(-1);
    if (first === undefined || last === undefined) return undefined;
    this.#hasEpochs = true;
    this.#write('train', events.map(trainingValues));
    this.#write('validation', events.flatMap(validationValues));
    this.#writeWarnings();
    if (!this.#isHistogramDue(first, last)) return undefined;
    return this.#writeHistograms(last.epoch);
  }

  statistics(event: TrainingStatisticsEvent): void {
    const values = statisticsValues(event.layers);
    this.#write('layers', [{ step: event.update, values }]);
  }

  warning(event: TrainingWarningEvent): void {
    this.#warnings.push(event);
    if (this.#hasEpochs) this.#writeWarnings();
  }

  end({ stopReason, error }: TrainingEnd): void {
    // Those may go on.
    if (stopReason !== 'stopped' && stopReason !== 'timeLimit') {
      this.#writeSession(sessionEndValue(error === undefined, Date.now() / 1000));
    }
    this.#close();
  }

  /** Of some epochs that were told together, which of fast trainings are many. */
  #isHistogramDue(first: TrainingEpochEvent, last: TrainingEpochEvent): boolean {
    const { histograms } = this.#options;
    if (histograms === null) return false;
    const every = histograms.everyEpochs ?? Math.ceil(last.epochs / usualHistograms);
    const before = Math.floor((first.epoch - 1) / every);
    return last.epoch === last.epochs || Math.floor(last.epoch / every) > before;
  }

  async #writeHistograms(step: number): Promise<void> {
    try {
      const ofParameters = await unhurried(parameterValues(this.#start.network));
      this.#write('train', [{ step, values: ofParameters }]);
      const layers = await this.#options.histograms?.activations?.();
      if (layers === undefined) return;
      this.#write('train', [{ step, values: await unhurried(activationValues(layers)) }]);
    } catch (error) {
      // A listener that has failed is not told of the end.
      this.#close();
      throw error;
    }
  }

  #writeWarnings(): void {
    const warnings = this.#warnings;
    this.#warnings = [];
    const steps = warnings.map(({ epoch, message }) => ({
      ...{ step: epoch, values: [textValue('warnings', message)] },
    }));
    this.#write('train', steps);
  }

  #writeSession(value: SummaryValue): void {
    this.#append('', [{ step: 0, values: [value] }]);
  }

  #write(name: string, steps: readonly StepValues[]): void {
    this.#append(join(folderOf(this.#start), name), steps);
  }

  #append(name: string, steps: readonly StepValues[]): void {
    if (steps.length === 0) return;
    let file = this.#files.get(name);
    if (file === undefined) {
      file = new EventFile(join(this.#directory, name));
      this.#files.set(name, file);
    }
    try {
      file.append(steps);
    } catch (error) {
      // A listener that has failed is not told of the end.
      this.#close();
      throw error;
    }
  }

  #close(): void {
    this.#isOpen = false;
    for (const file of this.#files.values()) file.close();
  }
}

/** Lets other events come where the steps pause. */
async function unhurried<Result>(steps: Generator<void, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
}

function trainingValues(event: TrainingEpochEvent): StepValues {
  const { epoch, learningRate, rowsPerSecond } = event;
  const numbers = [...resultNumbers(event), ...Object.entries({ learningRate, rowsPerSecond })];
  return { step: epoch, values: scalarValues(numbers) };
}

function validationValues({ epoch, validation }: TrainingEpochEvent): StepValues[] {
  if (validation === null) return [];
  return [{ step: epoch, values: scalarValues(resultNumbers(validation)) }];
}

function scalarValues(numbers: readonly (readonly [name: string, value: number])[]) {
  return numbers.map(([name, value]) => scalarValue(name, value));
}

/** Of a training that consists of several: that of the one that runs. */
function folderOf({ stage, member, refit }: TrainingStart): string {
  if (stage !== undefined) return `stage${stage}`;
  if (member !== undefined) return `member${member}`;
  return refit ? 'refit' : '';
}
