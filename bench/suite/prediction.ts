import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Card, cardByName, predictionBatches, predictionCard } from '../cards.js';
import type { CpuTimeResult, Opened, PredictResult } from '../common/protocol.js';
import { median, quantile } from '../common/statistics.js';
import { forwardOperations } from '../operations.js';
import type { Context } from './context.js';
import { type DriverRow, isInstalled } from './drivers.js';
import { encodeOnnx } from './onnxFile.js';
import type { PredictionResult } from './results.js';
import { reasonOf } from './training.js';
import { WorkerProcess } from './workerProcess.js';

interface Measured {
  readonly seconds: number[];
  readonly cpuSeconds: number[];
  readonly shares: number[];
  calls: number;
  checksum: number;
}

class Entrant {
  readonly driver: DriverRow;
  readonly #card: Card;
  readonly #threads: number;
  readonly #worker: WorkerProcess;
  readonly #measured = new Map<number, Measured>();
  #version = '';

  constructor(driver: DriverRow, card: Card, threads: number) {
    this.driver = driver;
    this.#card = card;
    this.#threads = threads;
    this.#worker = new WorkerProcess(driver, threads);
  }

  async prepare(directory: string, onnxFile: string, roundSeconds: number): Promise<void> {
    const files = { card: this.#card, directory, threads: this.#threads };
    const request = { command: 'openPrediction', files, onnxFile } as const;
    this.#version = (await this.#worker.request<Opened>(request)).version;
    for (const batch of predictionBatches) {
      let calls = 1;
      let result = await this.#predict(batch, calls);
      while (result.seconds < roundSeconds / 2) {
        const factor = Math.min(20, (roundSeconds / result.seconds) * 0.75);
        calls = Math.ceil(calls * Math.max(1.5, factor));
        result = await this.#predict(batch, calls);
      }
      this.#measured.set(batch, {
        ...{ seconds: [], cpuSeconds: [], shares: [] },
        ...{ calls, checksum: result.checksum },
      });
    }
  }

  async round(context: Context, batch: number): Promise<void> {
    const measured = this.#measured.get(batch);
    if (!measured) return;
    const run = async () => {
      const before = await this.#cpuSeconds();
      const result = await this.#predict(batch, measured.calls);
      measured.cpuSeconds.push(((await this.#cpuSeconds()) - before) / result.calls);
      return result;
    };
    const [{ seconds, calls }, peak] = await context.withPeak('fp32', this.#threads, run);
    measured.seconds.push(seconds / calls);
    const operations = forwardOperations(this.#card) * batch * calls;
    if (peak !== null) measured.shares.push(operations / seconds / peak);
  }

  async #cpuSeconds(): Promise<number> {
    return (await this.#worker.request<CpuTimeResult>({ command: 'cpuTime' })).seconds;
  }

  #predict(batch: number, calls: number): Promise<PredictResult> {
    return this.#worker.request<PredictResult>({ command: 'predict', batch, calls });
  }

  results(): PredictionResult[] {
    return [...this.#measured].map(([batch, { seconds, cpuSeconds, shares, checksum }]) => ({
      driver: this.driver.name,
      threads: this.#threads,
      batch,
      version: this.#version,
      secondsPerCall: median(seconds),
      quarterSecondsPerCall: quantile(seconds, 0.25),
      cpuSecondsPerCall: median(cpuSeconds),
      rowsPerSecond: batch / median(seconds),
      ...(shares.length > 0 && { share: median(shares) }),
      checksum: Number.isFinite(checksum) ? checksum : null,
    }));
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}

async function writeOnnx(card: Card, directory: string): Promise<string> {
  const file = path.join(directory, 'model.onnx');
  try {
    writeFileSync(file, await encodeOnnx(card, directory));
  } catch {
    // Without the writer there is no competitor that reads the file either.
  }
  return file;
}

async function measureAtThreads(context: Context, threads: number): Promise<PredictionResult[]> {
  const card = cardByName(predictionCard);
  const directory = context.dataOf(card);
  const onnxFile = await writeOnnx(card, directory);
  const { rounds, drivers, roundSeconds } = context.settings;
  const results: PredictionResult[] = [];
  const entrants: Entrant[] = [];
  for (const driver of drivers) {
    if (!driver.roles.includes('prediction') || (driver.singleThread && threads > 1)) continue;
    const missing = (reason: string) =>
      predictionBatches.map((batch) => ({ driver: driver.name, threads, batch, missing: reason }));
    if (!isInstalled(driver)) {
      results.push(...missing('not installed'));
      continue;
    }
    const entrant = new Entrant(driver, card, threads);
    try {
      await entrant.prepare(directory, onnxFile, roundSeconds / 3);
      entrants.push(entrant);
    } catch (error) {
      results.push(...missing(reasonOf(error)));
      await entrant.close();
    }
  }
  for (const batch of predictionBatches) {
    for (let round = 0; round < rounds; round += 1) {
      for (const entrant of entrants) await entrant.round(context, batch);
    }
  }
  for (const entrant of entrants) {
    results.push(...entrant.results());
    await entrant.close();
  }
  return results;
}

/** Latency of one row, and rows per second of small and large batches. */
export async function measurePrediction(context: Context): Promise<PredictionResult[]> {
  const results: PredictionResult[] = [];
  for (const threads of context.settings.threads) {
    context.log(`prediction ${predictionCard}, threads ${threads}`);
    const measured = await measureAtThreads(context, threads);
    results.push(...measured);
    for (const { driver, batch, missing, secondsPerCall } of measured) {
      const text = secondsPerCall && `${(secondsPerCall * 1e6).toFixed(1)} µs`;
      context.log(`  ${driver}, batch ${batch}: ${text ?? missing}`);
    }
  }
  return results;
}
