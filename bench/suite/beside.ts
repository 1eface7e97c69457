import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Card, cardByName, predictionBatches, predictionCard } from '../cards.js';
import { paths } from '../common/paths.js';
import type {
  CheckResult,
  CpuTimeResult,
  PredictResult,
  Request,
  TrainResult,
} from '../common/protocol.js';
import type { Context } from './context.js';
import { type DriverRow, drivers } from './drivers.js';
import type { Machine } from './results.js';
import { checkBatches, checkEpochs } from './training.js';
import { WorkerProcess } from './workerProcess.js';

/**
 * This checkout beside the built package of an older version. They take turns in fresh processes, and
 * are compared by processor time, which other programs on the machine disturb less than the clock.
 */

export interface BesideResult {
  readonly work: string;
  readonly threads: number;
  /** Processor seconds of each round for the same work. */
  readonly before: readonly number[];
  readonly now: readonly number[];
  /** Whether both computed the same numbers, to the last bit. */
  readonly sameNumbers: boolean;
}

export interface BesideReport {
  readonly date: string;
  readonly machine: Machine;
  readonly versions: { readonly before: string; readonly now: string };
  readonly seconds: number;
  readonly results: readonly BesideResult[];
}

/** What one fresh process gives: processor seconds for each piece of its work, and what it computed. */
interface Round {
  readonly seconds: readonly number[];
  readonly numbers: readonly number[];
}

/** What there is to do in every process; `names` are those of its pieces. */
interface Job {
  readonly threads: number;
  readonly names: readonly string[];
  run(worker: WorkerProcess): Promise<Round>;
}

/** @throws Error when the folder has no package of layerwise. */
export function versionOf(folder: string): string {
  const file = path.join(folder, 'package.json');
  const { name, version } = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as {
    readonly name?: string;
    readonly version?: string;
  };
  if (name === 'layerwise' && version !== undefined) return version;
  throw new Error(`no package layerwise in ${folder}: name its folder, built or installed`);
}

/** Runs something in a fresh process with one of the packages. */
async function inProcess<T>(
  folder: string,
  threads: number,
  run: (worker: WorkerProcess) => Promise<T>,
): Promise<T> {
  const driver = drivers.find((row) => row.name === 'layerwise') as DriverRow;
  const worker = new WorkerProcess(driver, threads, folder);
  try {
    return await run(worker);
  } finally {
    await worker.close();
  }
}

async function cpuSeconds(worker: WorkerProcess): Promise<number> {
  return (await worker.request<CpuTimeResult>({ command: 'cpuTime' })).seconds;
}

/** What a request answers, and the processor time that it takes. */
async function timed<T>(worker: WorkerProcess, request: Request): Promise<[T, number]> {
  const before = await cpuSeconds(worker);
  const answer = await worker.request<T>(request);
  return [answer, (await cpuSeconds(worker)) - before];
}

/** Opens a card, and makes the steps whose losses are compared; they warm the process up as well. */
async function openTraining(worker: WorkerProcess, context: Context, card: Card, threads: number) {
  const files = { card, directory: context.dataOf(card), threads };
  await worker.request({ command: 'openTraining', files });
  const rows = Math.min(card.rows, checkBatches * card.batchSize);
  const check = { rows, epochs: checkEpochs };
  const { losses } = await worker.request<CheckResult>({ command: 'check', check });
  return losses ?? [];
}

/** As many rows as a round is to take. A call trains at least two epochs. */
async function trainingRows(worker: WorkerProcess, card: Card, seconds: number): Promise<number> {
  let rows = 1;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const [, taken] = await timed<TrainResult>(worker, { command: 'train', rows });
    const epochs = Math.ceil(rows / card.rows) + 1;
    rows = Math.max(1, Math.round((seconds / taken) * epochs) - 1) * card.rows;
    if (taken > seconds / 2) break;
  }
  return rows;
}

async function trainingJob(context: Context, card: Card, threads: number): Promise<Job> {
  const rows = await inProcess(paths.root, threads, async (worker) => {
    await openTraining(worker, context, card, threads);
    return trainingRows(worker, card, context.settings.roundSeconds);
  });
  return {
    threads,
    names: [`training ${card.name}`],
    run: async (worker) => {
      const numbers = await openTraining(worker, context, card, threads);
      const [, seconds] = await timed<TrainResult>(worker, { command: 'train', rows });
      return { seconds: [seconds], numbers };
    },
  };
}

async function openPrediction(worker: WorkerProcess, context: Context, threads: number) {
  const card = cardByName(predictionCard);
  const files = { card, directory: context.dataOf(card), threads };
  await worker.request({ command: 'openPrediction', files, onnxFile: '' });
}

/** As many calls as take so long. */
async function predictionCalls(
  worker: WorkerProcess,
  batch: number,
  seconds: number,
): Promise<number> {
  let calls = 1;
  for (;;) {
    const [, taken] = await timed<PredictResult>(worker, { command: 'predict', batch, calls });
    if (taken >= seconds / 2) return Math.ceil((calls * seconds) / taken);
    calls = Math.ceil(calls * Math.max(1.5, Math.min(20, seconds / Math.max(taken, 1e-9))));
  }
}

/** All batch sizes in one process, each a part of a round. */
async function predictionJob(context: Context, threads: number): Promise<Job> {
  const share = context.settings.roundSeconds / predictionBatches.length;
  const calls = await inProcess(paths.root, threads, async (worker) => {
    await openPrediction(worker, context, threads);
    const counts: number[] = [];
    for (const batch of predictionBatches) counts.push(await predictionCalls(worker, batch, share));
    return counts;
  });
  return {
    threads,
    names: predictionBatches.map((batch) => `prediction ${predictionCard}, batch ${batch}`),
    run: async (worker) => {
      await openPrediction(worker, context, threads);
      const seconds: number[] = [];
      const numbers: number[] = [];
      for (const [index, batch] of predictionBatches.entries()) {
        const count = calls[index] ?? 1;
        const warmUp = { command: 'predict', batch, calls: Math.ceil(count / 10) } as const;
        await worker.request<PredictResult>(warmUp);
        const request = { command: 'predict', batch, calls: count } as const;
        const [{ checksum }, taken] = await timed<PredictResult>(worker, request);
        seconds.push(taken);
        numbers.push(checksum);
      }
      return { seconds, numbers };
    },
  };
}

/** Rounds of both packages, each of which begins every other time. */
async function compare(context: Context, folder: string, job: Job): Promise<BesideResult[]> {
  const before: Round[] = [];
  const now: Round[] = [];
  const sides = [
    { rounds: before, folder },
    { rounds: now, folder: paths.root },
  ];
  for (let round = 0; round < context.settings.rounds; round += 1) {
    for (const side of round % 2 === 0 ? sides : [...sides].reverse()) {
      side.rounds.push(await inProcess(side.folder, job.threads, (worker) => job.run(worker)));
    }
  }
  const computed = new Set([...before, ...now].map(({ numbers }) => JSON.stringify(numbers)));
  return job.names.map((work, index) => ({
    work,
    threads: job.threads,
    before: before.map(({ seconds }) => seconds[index] ?? Number.NaN),
    now: now.map(({ seconds }) => seconds[index] ?? Number.NaN),
    sameNumbers: computed.size === 1,
  }));
}

/** Training of the chosen cards and prediction, with this checkout and with the package in a folder. */
export async function measureBeside(context: Context, folder: string): Promise<BesideResult[]> {
  const { settings } = context;
  const results: BesideResult[] = [];
  const measure = async (name: string, prepare: () => Promise<Job>) => {
    context.log(`${name}, ${settings.rounds} rounds of both`);
    results.push(...(await compare(context, folder, await prepare())));
  };
  for (const threads of settings.threads) {
    for (const card of settings.parts.includes('training') ? settings.cards : []) {
      const name = `training ${card.name}, threads ${threads}`;
      await measure(name, () => trainingJob(context, card, threads));
    }
    if (settings.parts.includes('prediction')) {
      await measure(`prediction, threads ${threads}`, () => predictionJob(context, threads));
    }
  }
  return results;
}
