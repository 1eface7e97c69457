import { createInterface } from 'node:readline';
import { peakMemory } from '../common/memory.js';
import {
  type Answer,
  answerMarker,
  type Opened,
  type PredictResult,
  type Request,
  Unsupported,
} from '../common/protocol.js';
import type { Driver, PredictionSession, TrainingSession } from './driver.js';

/**
 * A process that measures one framework: `node main.js DRIVER [PACKAGE]`. It does what the suite asks for,
 * line by line, and does nothing in between. PACKAGE is the folder of the layerwise to measure (library.ts).
 */

async function loadDriver(name: string): Promise<Driver> {
  switch (name) {
    case 'layerwise':
    case 'layerwise-bf16':
      return (await import('./layerwise.js')).layerwiseDriver(name === 'layerwise-bf16');
    case 'tfjs-wasm':
      return (await import('./tfjs.js')).wasmDriver();
    case 'tfjs-node':
      return (await import('./tfjs.js')).nodeDriver();
    case 'brain':
      return (await import('./brain.js')).brainDriver();
    case 'onnxruntime-web':
      return (await import('./onnxWeb.js')).onnxWebDriver();
    default:
      throw new Error(`no driver ${name}`);
  }
}

class Worker {
  readonly #driver: Driver;
  #training: TrainingSession | undefined;
  #prediction: PredictionSession | undefined;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async answer(request: Request): Promise<unknown> {
    switch (request.command) {
      case 'openTraining':
        return this.#openTraining(request.files);
      case 'check':
        return { losses: await opened(this.#training).check(request.check) };
      case 'train':
        return opened(this.#training).train(request.rows);
      case 'openPrediction':
        return this.#openPrediction(request.files, request.onnxFile);
      case 'predict':
        return this.#predict(request.batch, request.calls);
      case 'trainToAccuracy':
        return this.#trainToAccuracy(request.job);
      case 'peakMemory':
        return { bytes: peakMemory() };
      case 'cpuTime':
        return { seconds: cpuSeconds() };
    }
  }

  async #openTraining(files: Parameters<NonNullable<Driver['openTraining']>>[0]): Promise<Opened> {
    if (!this.#driver.openTraining) throw new Unsupported('does not train');
    this.#training = await this.#driver.openTraining(files);
    return { version: await this.#driver.version() };
  }

  async #openPrediction(
    files: Parameters<NonNullable<Driver['openPrediction']>>[0],
    onnxFile: string,
  ): Promise<Opened> {
    if (!this.#driver.openPrediction) throw new Unsupported('is not measured here');
    this.#prediction = await this.#driver.openPrediction(files, onnxFile);
    return { version: await this.#driver.version() };
  }

  async #predict(batch: number, calls: number): Promise<PredictResult> {
    const { seconds, outputs } = await opened(this.#prediction).predict(batch, calls);
    return { calls, seconds, checksum: checksum(outputs) };
  }

  async #trainToAccuracy(
    job: Parameters<NonNullable<Driver['trainToAccuracy']>>[0],
  ): Promise<unknown> {
    if (!this.#driver.trainToAccuracy) throw new Unsupported('is not measured here');
    return this.#driver.trainToAccuracy(job);
  }
}

function opened<T>(session: T | undefined): T {
  if (session === undefined) throw new Error('nothing is open');
  return session;
}

/** Of all threads, in and outside the kernel. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Weighted, because the outputs of a softmax always sum to one. */
function checksum(outputs: Float32Array): number {
  return outputs.reduce((sum, value, index) => sum + value * ((index % 7) + 1), 0);
}

function write(answer: Answer): void {
  process.stdout.write(`\n${answerMarker}${JSON.stringify(answer)}\n`);
}

async function main(): Promise<void> {
  let worker: Worker | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      worker ??= new Worker(await loadDriver(process.argv[2] ?? ''));
      write({ ok: true, value: await worker.answer(JSON.parse(line) as Request) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      write({ ok: false, unsupported: error instanceof Unsupported, message });
    }
  }
  // Frameworks keep threads of their own.
  process.exit(0);
}

await main();
