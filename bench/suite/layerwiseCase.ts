import type { Card } from '../cards.js';
import type { TrainResult } from '../common/protocol.js';
import { median } from '../common/statistics.js';
import { trainingOperations } from '../operations.js';
import type { Context } from './context.js';
import { type DriverRow, drivers } from './drivers.js';
import { WorkerProcess } from './workerProcess.js';

/** A process with layerwise and a card, ready to train rounds. */
export class LayerwiseCase {
  readonly #card: Card;
  readonly #worker: WorkerProcess;
  #rows = 1;

  private constructor(card: Card, worker: WorkerProcess) {
    this.#card = card;
    this.#worker = worker;
  }

  static async open(context: Context, card: Card, threads: number): Promise<LayerwiseCase> {
    const driver = drivers.find((row) => row.name === 'layerwise') as DriverRow;
    const worker = new WorkerProcess(driver, threads);
    const opened = new LayerwiseCase(card, worker);
    const files = { card, directory: context.dataOf(card), threads };
    try {
      await worker.request({ command: 'openTraining', files });
      const { rows, seconds } = await opened.#train();
      opened.#rows = Math.ceil((rows / seconds) * context.settings.roundSeconds);
      return opened;
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  /** Operations per second of one round. */
  async operationsPerSecond(): Promise<number> {
    const { rows, seconds } = await this.#train();
    return (rows / seconds) * trainingOperations(this.#card);
  }

  /** Median over the rounds. */
  async secondsOfEpoch(rounds: number): Promise<number> {
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const trained = await this.#train();
      seconds.push((trained.seconds / trained.rows) * this.#card.rows);
    }
    return median(seconds);
  }

  #train(): Promise<TrainResult> {
    return this.#worker.request<TrainResult>({ command: 'train', rows: this.#rows });
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

export interface LayerwiseRun {
  readonly card: Card;
  readonly threads: number;
}

/** Median of the ratios of operations per second of two cases that take turns. */
export async function ratioOf(
  context: Context,
  above: LayerwiseRun,
  below: LayerwiseRun,
): Promise<number> {
  const ratios: number[] = [];
  const opened: LayerwiseCase[] = [];
  try {
    for (const { card, threads } of [above, below]) {
      opened.push(await LayerwiseCase.open(context, card, threads));
    }
    const [first, second] = opened as [LayerwiseCase, LayerwiseCase];
    for (let round = 0; round < context.settings.rounds; round += 1) {
      const rate = await first.operationsPerSecond();
      ratios.push(rate / (await second.operationsPerSecond()));
    }
  } finally {
    for (const one of opened) await one.close();
  }
  return median(ratios);
}
