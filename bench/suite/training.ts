import type { Card } from '../cards.js';
import {
  type CheckResult,
  type MemoryResult,
  type Opened,
  type TrainResult,
  Unsupported,
} from '../common/protocol.js';
import { median, spread } from '../common/statistics.js';
import { trainingOperations } from '../operations.js';
import type { Context } from './context.js';
import { type DriverRow, isInstalled } from './drivers.js';
import type { TrainingResult } from './results.js';
import { WorkerProcess } from './workerProcess.js';

/** Steps that all drivers make from the same weights, to compare their losses. */
export const checkBatches = 8;
export const checkEpochs = 2;
/** A driver that takes longer for these steps is not compared. */
const maximumCheckSeconds = 15;

/** One driver on one card, in a process of its own. */
class Entrant {
  readonly driver: DriverRow;
  readonly card: Card;
  readonly threads: number;
  readonly rates: number[] = [];
  readonly shares: number[] = [];
  readonly starts: number[] = [];
  loss: number | null = null;
  version = '';
  #worker: WorkerProcess;
  #roundRows = 1;
  #maximumRounds = 1;

  constructor(driver: DriverRow, card: Card, threads: number) {
    this.driver = driver;
    this.card = card;
    this.threads = threads;
    this.#worker = new WorkerProcess(driver, threads);
  }

  /** Loads the framework and the data, compares losses, warms up, and sizes the rounds. */
  async prepare(context: Context): Promise<void> {
    const files = { card: this.card, directory: context.dataOf(this.card), threads: this.threads };
    const opened = await this.#worker.request<Opened>({ command: 'openTraining', files });
    this.version = opened.version;
    const { rows: unit, rate } = await this.#warmUp(context);
    await this.#check(rate);
    const { roundSeconds, caseSeconds, rounds } = context.settings;
    this.#roundRows = Math.ceil(rate * roundSeconds);
    const possible = Math.floor(caseSeconds / Math.max(roundSeconds, unit / rate));
    this.#maximumRounds = Math.min(rounds, Math.max(1, possible));
  }

  /** Trains the least that the framework can, and again without what only a first call has to do. */
  async #warmUp({ settings }: Context): Promise<{ rows: number; rate: number }> {
    const first = await this.#train(1);
    const rate = first.rows / first.seconds;
    if (first.seconds > settings.caseSeconds) return { rows: first.rows, rate };
    const second = await this.#train(Math.ceil((rate * settings.roundSeconds) / 2));
    return { rows: first.rows, rate: second.rows / second.seconds };
  }

  async #check(rate: number): Promise<void> {
    const rows = Math.min(this.card.rows, checkBatches * this.card.batchSize);
    if ((rows * checkEpochs) / rate > maximumCheckSeconds) return;
    const check = { rows, epochs: checkEpochs };
    const { losses } = await this.#worker.request<CheckResult>({ command: 'check', check });
    this.loss = losses?.at(-1) ?? null;
  }

  async round(context: Context): Promise<void> {
    if (this.rates.length >= this.#maximumRounds) return;
    const precision = this.driver.name.endsWith('bf16') ? 'bf16' : 'fp32';
    const run = () => this.#train(this.#roundRows);
    const [result, peak] = await context.withPeak(precision, this.threads, run);
    const rate = result.rows / result.seconds;
    this.rates.push(rate);
    if (peak !== null) this.shares.push((rate * trainingOperations(this.card)) / peak);
    if (result.startSeconds !== undefined) this.starts.push(result.startSeconds);
  }

  #train(rows: number): Promise<TrainResult> {
    return this.#worker.request<TrainResult>({ command: 'train', rows });
  }

  async result(): Promise<TrainingResult> {
    const memory = await this.#worker.request<MemoryResult>({ command: 'peakMemory' });
    return {
      card: this.card.name,
      driver: this.driver.name,
      threads: this.threads,
      version: this.version,
      rowsPerSecond: median(this.rates),
      rounds: this.rates,
      ...(this.shares.length > 0 && { share: median(this.shares) }),
      spread: spread(this.rates),
      loss: this.loss,
      peakMemoryBytes: memory.bytes,
      ...(this.starts.length > 0 && { startSeconds: median(this.starts) }),
    };
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

function without(driver: DriverRow, card: Card, threads: number, missing: string): TrainingResult {
  return { card: card.name, driver: driver.name, threads, missing };
}

/** Why a driver gave no figure. */
export function reasonOf(error: unknown): string {
  if (error instanceof Unsupported) return `not supported: ${error.message}`;
  return `failed: ${error instanceof Error ? error.message : String(error)}`;
}

/** All drivers on one card, taking turns. */
async function measureCard(
  context: Context,
  card: Card,
  threads: number,
): Promise<TrainingResult[]> {
  const results: TrainingResult[] = [];
  const entrants: Entrant[] = [];
  const fail = async (entrant: Entrant, error: unknown) => {
    results.push(without(entrant.driver, card, threads, reasonOf(error)));
    await entrant.close();
  };
  for (const driver of context.settings.drivers) {
    if (!driver.roles.includes('training') || (driver.singleThread && threads > 1)) continue;
    if (!isInstalled(driver)) {
      results.push(without(driver, card, threads, 'not installed'));
      continue;
    }
    const entrant = new Entrant(driver, card, threads);
    try {
      await entrant.prepare(context);
      entrants.push(entrant);
    } catch (error) {
      await fail(entrant, error);
    }
  }
  for (let round = 0; round < context.settings.rounds; round += 1) {
    for (const entrant of entrants) await entrant.round(context);
  }
  for (const entrant of entrants) {
    results.push(await entrant.result());
    await entrant.close();
  }
  return results;
}

/** Training throughput of every card, at each number of threads. */
export async function measureTraining(context: Context): Promise<TrainingResult[]> {
  const results: TrainingResult[] = [];
  for (const card of context.settings.cards) {
    for (const threads of context.settings.threads) {
      context.log(`training ${card.name}, threads ${threads}`);
      for (const result of await measureCard(context, card, threads)) {
        results.push(result);
        context.log(`  ${describe(result)}`);
      }
    }
  }
  return results;
}

function describe({ driver, missing, rowsPerSecond, share, loss }: TrainingResult): string {
  if (rowsPerSecond === undefined) return `${driver}: ${missing}`;
  const ofPeak = share === undefined ? '' : `, ${(share * 100).toFixed(1)} % of the peak`;
  const lossText = typeof loss === 'number' ? `, loss ${loss.toPrecision(6)}` : '';
  return `${driver}: ${Math.round(rowsPerSecond)} rows/s${ofPeak}${lossText}`;
}
