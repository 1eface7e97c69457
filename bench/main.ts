import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Command, parseCommand, usage } from './commandLine.js';
import { paths } from './common/paths.js';
import { besideMarkdown } from './report/beside.js';
import { writeBeside, writeDocuments, writeResults } from './report/files.js';
import { markdownOf } from './report/markdown.js';
import { measureAccuracyJob } from './suite/accuracyJob.js';
import { type BesideReport, measureBeside, versionOf } from './suite/beside.js';
import { measureBusyNeighbour } from './suite/busyNeighbour.js';
import { measureCeilings } from './suite/ceilings.js';
import { Context } from './suite/context.js';
import { measureGemm } from './suite/gemm.js';
import { measureGrowth } from './suite/growth.js';
import { measureImports } from './suite/importTime.js';
import { installInto } from './suite/installLayerwise.js';
import { measureInstalls } from './suite/installSize.js';
import { describeMachine, isBusy } from './suite/machine.js';
import { buildNativeProbe, NativeProbe } from './suite/nativeProbe.js';
import { measureOddSizes } from './suite/oddSizes.js';
import { measurePrediction } from './suite/prediction.js';
import type { Machine, Measurements, Report } from './suite/results.js';
import { measureTraining } from './suite/training.js';

/** `npm run bench`: measures, and writes what it found. See README.md. */

/** The packages of bench/ come on first use: a user of the library never needs them. */
function installPackages(): void {
  if (existsSync(path.join(paths.bench, 'node_modules'))) return;
  console.log('installing the packages of bench/');
  const windows = process.platform === 'win32';
  try {
    execFileSync('npm', ['ci'], { cwd: paths.bench, stdio: 'inherit', shell: windows });
  } catch {
    console.log('that failed: the run goes on without them');
  }
}

async function openProbe(): Promise<NativeProbe | undefined> {
  try {
    console.log('building the native micro-benchmarks');
    await buildNativeProbe();
    return new NativeProbe();
  } catch (error) {
    console.log(`no ceilings: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The set that the library chooses: the best, or the one that the environment names. */
async function instructionSetOf(probe: NativeProbe | undefined): Promise<string> {
  const sets = (await probe?.sets())?.sets ?? [];
  return process.env.LAYERWISE_ISA || sets.at(-1) || 'unknown';
}

/** One part that fails is no reason to lose the others. */
async function orNothing<T>(name: string, run: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await run();
  } catch (error) {
    console.error(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return [];
  }
}

async function measure(context: Context): Promise<Measurements> {
  const { parts, drivers } = context.settings;
  const withLayerwise = drivers.some((driver) => driver.name === 'layerwise');
  const part = <T>(name: string, run: () => Promise<readonly T[]>) =>
    parts.includes(name) ? orNothing(name, run) : Promise.resolve([]);
  const own = <T>(name: string, run: () => Promise<readonly T[]>) =>
    withLayerwise ? part(name, run) : Promise.resolve([]);
  // One after the other: nothing else may run while something is measured.
  const measured = {
    training: await part('training', () => measureTraining(context)),
    prediction: await part('prediction', () => measurePrediction(context)),
    gemm: await own('gemm', () => measureGemm(context)),
    oddSizes: await own('odd', () => measureOddSizes(context)),
    busyNeighbours: await own('busy', () => measureBusyNeighbour(context)),
    growth: await own('growth', () => measureGrowth(context)),
    accuracyJobs: await part('accuracy', () => measureAccuracyJob(context)),
    imports: await part('import', () => measureImports(context)),
    installs: await part('install', () => measureInstalls(context)),
  };
  const ceilings = await measureCeilings(context);
  return { ...(ceilings && { ceilings }), ...measured };
}

function version(): string {
  const file = readFileSync(path.join(paths.root, 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

function machineToMeasure(): Machine {
  const machine = describeMachine();
  if (isBusy(machine)) console.log('this machine is busy: the figures will be rough');
  return machine;
}

/** Runs something with a folder for the data, which is gone afterwards. */
async function inFolder<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(path.join(tmpdir(), 'layerwise-bench-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function runBeside({ settings }: Command, folder: string): Promise<BesideReport> {
  const versions = { before: versionOf(folder), now: version() };
  const machine = machineToMeasure();
  return inFolder(async (directory) => {
    const context = new Context(settings, await instructionSetOf(undefined), undefined, directory);
    const date = new Date().toISOString();
    const start = performance.now();
    const results = await measureBeside(context, folder);
    const seconds = (performance.now() - start) / 1000;
    return { date, machine, versions, seconds, results };
  });
}

async function besideFolder(command: Command, folder: string): Promise<void> {
  const report = await runBeside(command, folder);
  console.log(`\n${besideMarkdown(report)}`);
  console.log(`Written to ${path.relative(paths.root, writeBeside(report))}`);
}

async function run({ settings, complete }: Command): Promise<Report> {
  const machine = machineToMeasure();
  installPackages();
  const probe = await openProbe();
  try {
    return await inFolder(async (directory) => {
      const context = new Context(settings, await instructionSetOf(probe), probe, directory);
      const date = new Date().toISOString();
      const start = performance.now();
      const measurements = await measure(context);
      const seconds = (performance.now() - start) / 1000;
      const { quick } = settings;
      return { date, version: version(), quick, complete, machine, seconds, ...measurements };
    });
  } finally {
    await probe?.close();
  }
}

async function main(command: Command): Promise<void> {
  if (command.help) {
    console.log(usage);
    return;
  }
  if (command.render !== undefined) {
    const report = JSON.parse(readFileSync(command.render, 'utf8')) as Report;
    await writeDocuments(report);
    return;
  }
  if (command.beside !== undefined) {
    await besideFolder(command, command.beside);
    return;
  }
  if (command.against !== undefined) {
    const pack = command.against;
    await inFolder((directory) => besideFolder(command, installInto(directory, pack)));
    return;
  }
  const report = await run(command);
  console.log(`\n${markdownOf(report)}`);
  const file = writeResults(report);
  if (report.complete) await writeDocuments(report);
  console.log(`Written to ${path.relative(paths.root, file)}`);
}

try {
  await main(parseCommand(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
