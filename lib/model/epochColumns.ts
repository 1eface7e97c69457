import type { NativeRunShape } from '../native.js';
import type { EpochResult, OutputResult, TrainingEpochEvent, ValidationResult } from './events.js';

/**
 * The results of the epochs of a run as numbers, column by column. An epoch becomes an object when somebody looks at
 * it: a run of a million epochs is a few arrays.
 */
export class EpochColumns<Metric extends string> {
  readonly #shape: NativeRunShape;
  readonly #places: Places;
  /** Of the only output. */
  readonly #metricNames: readonly string[];
  #columns: readonly Float64Array[];
  // The columns that every epoch is read from, at hand.
  #rates!: Float64Array;
  #seconds!: Float64Array;
  #speeds!: Float64Array;
  #losses!: Float64Array;
  #length = 0;

  constructor(shape: NativeRunShape) {
    this.#shape = shape;
    this.#places = placesOf(shape);
    this.#metricNames = shape.outputs[0]?.metrics ?? [];
    this.#columns = [];
    this.#makeRoom(Math.min(shape.epochs, firstRoom));
  }

  /** Epochs so far. */
  get length(): number {
    return this.#length;
  }

  /** The losses of the training, and behind them room for more. */
  get losses(): Float64Array {
    return this.#losses;
  }

  /** The loss of the validation of an epoch; undefined where there was none. */
  validationLoss(index: number): number | undefined {
    if (this.#shape.validationRows === 0) return undefined;
    const { validation } = this.#places;
    return this.#number(validation - 1, index) === 1 ? this.#number(validation, index) : undefined;
  }

  /** Takes numbers of epochs as the core gives them: column after column. */
  append(numbers: Float64Array): void {
    const count = numbers.length / this.#places.width;
    const length = this.#length + count;
    if (length > this.#losses.length) {
      this.#makeRoom(Math.min(this.#shape.epochs, Math.max(length, 2 * this.#losses.length)));
    }
    for (const [place, column] of this.#columns.entries()) {
      column.set(numbers.subarray(place * count, (place + 1) * count), this.#length);
    }
    this.#length = length;
  }

  /** Numbers of the first epochs, in the form in which `append` takes them. */
  numbers(epochs = this.#length): Float64Array {
    const numbers = new Float64Array(epochs * this.#places.width);
    for (const [place, column] of this.#columns.entries()) {
      numbers.set(column.subarray(0, epochs), place * epochs);
    }
    return numbers;
  }

  /** Numbers of an epoch. */
  get width(): number {
    return this.#places.width;
  }

  // Written out twice, as an object that is made of another one takes several times as long.

  eventAt(index: number): TrainingEpochEvent<Metric> {
    if (this.#shape.hasHeads) return { type: 'epoch', ...this.#resultOfHeads(index) };
    return {
      type: 'epoch',
      epoch: index + 1,
      epochs: this.#shape.epochs,
      loss: this.#losses[index] as number,
      metrics: this.#metricsAt(this.#metricNames, this.#places.training + 1, index),
      validation: this.#validationAt(index),
      learningRate: this.#rates[index] as number,
      seconds: this.#seconds[index] as number,
      rowsPerSecond: this.#speeds[index] as number,
    };
  }

  resultAt(index: number): EpochResult<Metric> {
    if (this.#shape.hasHeads) return this.#resultOfHeads(index);
    return {
      epoch: index + 1,
      epochs: this.#shape.epochs,
      loss: this.#losses[index] as number,
      metrics: this.#metricsAt(this.#metricNames, this.#places.training + 1, index),
      validation: this.#validationAt(index),
      learningRate: this.#rates[index] as number,
      seconds: this.#seconds[index] as number,
      rowsPerSecond: this.#speeds[index] as number,
    };
  }

  /** Of the first epochs; all of them when not given. */
  results(epochs = this.#length): EpochResult<Metric>[] {
    return Array.from({ length: epochs }, (_, index) => this.resultAt(index));
  }

  #resultOfHeads(index: number): EpochResult<Metric> {
    return {
      epoch: index + 1,
      epochs: this.#shape.epochs,
      ...this.#measuredAt(this.#places.training, index),
      validation: this.#validationAt(index),
      learningRate: this.#rates[index] as number,
      seconds: this.#seconds[index] as number,
      rowsPerSecond: this.#speeds[index] as number,
    };
  }

  /** A run that is stopped while it validates has no result of that epoch. */
  #validationAt(index: number): ValidationResult<Metric> | null {
    if (this.#shape.validationRows === 0) return null;
    const { validation } = this.#places;
    const isKnown = this.#number(validation - 1, index) === 1;
    return isKnown ? this.#measuredAt(validation, index) : null;
  }

  /** Loss and metrics whose numbers begin at a place. */
  #measuredAt(begin: number, index: number): ValidationResult<Metric> {
    const loss = this.#number(begin, index);
    if (!this.#shape.hasHeads) {
      return { loss, metrics: this.#metricsAt(this.#metricNames, begin + 1, index) };
    }
    const metrics = this.#metricsAt([], begin, index);
    return { loss, metrics, outputs: this.#outputsAt(begin, index) };
  }

  #outputsAt(begin: number, index: number): Record<string, OutputResult> {
    let metric = begin + 1;
    let loss = metric + this.#places.metrics;
    const results: Record<string, OutputResult> = {};
    for (const { name, metrics } of this.#shape.outputs) {
      results[name] = {
        loss: this.#number(loss++, index),
        metrics: this.#metricsAt(metrics, metric, index),
      };
      metric += metrics.length;
    }
    return results;
  }

  #metricsAt(
    names: readonly string[],
    begin: number,
    index: number,
  ): Readonly<Record<Metric, number>> {
    const metrics: Record<string, number> = {};
    for (let place = 0; place < names.length; place++) {
      metrics[names[place] as string] = this.#number(begin + place, index);
    }
    // The core measures exactly the metrics that it was asked for.
    return metrics as Readonly<Record<Metric, number>>;
  }

  #number(place: number, index: number): number {
    return this.#columns[place]?.[index] as number;
  }

  #makeRoom(room: number): void {
    this.#columns = Array.from({ length: this.#places.width }, (_, place) => {
      const column = new Float64Array(room);
      column.set(this.#columns[place] ?? []);
      return column;
    });
    [, this.#rates, this.#seconds, this.#speeds, this.#losses] = this.#columns as FirstColumns;
  }
}

/** Epochs that there is room for at first, where as many were asked for. */
const firstRoom = 1024;

type FirstColumns = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/** Where the numbers of an epoch stand in a row of the core; see native/node/epoch_rows.h. */
interface Places {
  /** Where the loss of the training stands, with metrics and the losses of outputs behind it. */
  readonly training: number;
  /** The same of the validation; before it stands whether there is one. */
  readonly validation: number;
  /** Metrics of all outputs. */
  readonly metrics: number;
  /** Numbers of a row. */
  readonly width: number;
}

function placesOf({ outputs, hasHeads, validationRows }: NativeRunShape): Places {
  const metrics = outputs.reduce((count, output) => count + output.metrics.length, 0);
  const result = 1 + metrics + (hasHeads ? outputs.length : 0);
  // Before it: the number of the epoch, the learning rate, seconds and rows per second.
  const training = 4;
  const validation = training + result + 1;
  const width = validationRows > 0 ? validation + result : training + result;
  return { training, validation, metrics, width };
}
