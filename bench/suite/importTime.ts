import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { paths } from '../common/paths.js';
import { median } from '../common/statistics.js';
import type { Context } from './context.js';
import { type DriverRow, isInstalled, pythonProgram } from './drivers.js';
import type { ImportResult } from './results.js';

function measureOnce(driver: DriverRow): number {
  const output = driver.runtime === 'python' ? importInPython(driver) : importInNode(driver);
  return Number(/^seconds (\S+)$/m.exec(output)?.[1]);
}

function outputOf(program: string, words: string[]): string {
  return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function importInNode(driver: DriverRow): string {
  const script = path.join(paths.compiled, 'worker/importTime.js');
  const names = driver.packages.length === 0 ? ['layerwise'] : driver.packages;
  return outputOf(process.execPath, [script, ...names]);
}

function importInPython(driver: DriverRow): string {
  const program = [
    'import time',
    'start = time.perf_counter()',
    `import ${driver.packages.join(', ')}`,
    'print("seconds", time.perf_counter() - start)',
  ].join('\n');
  return outputOf(pythonProgram(), ['-c', program]);
}

/** Seconds to import each framework in a fresh process, files already in the system's cache. */
export async function measureImports(context: Context): Promise<ImportResult[]> {
  const results: ImportResult[] = [];
  const seconds = new Map<string, number[]>();
  const candidates = context.settings.drivers.filter((row) => row.roles.includes('import'));
  for (const driver of candidates) {
    if (!isInstalled(driver)) results.push({ driver: driver.name, missing: 'not installed' });
  }
  const installed = candidates.filter(isInstalled);
  for (const driver of installed) measureOnce(driver);
  for (let round = 0; round < context.settings.rounds; round += 1) {
    for (const driver of installed) {
      seconds.set(driver.name, [...(seconds.get(driver.name) ?? []), measureOnce(driver)]);
    }
  }
  for (const [driver, values] of seconds) {
    results.push({ driver, seconds: median(values) });
    context.log(`import ${driver}: ${(median(values) * 1000).toFixed(1)} ms`);
  }
  return results;
}
