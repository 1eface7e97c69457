/** Runs the C++ tests once on every instruction set of this machine; each is one test here. */

import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly milliseconds: number;
  readonly failures: readonly string[];
}

interface Report {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** How the program ended and what it wrote outside its report, for tests that did not get to run. */
  readonly ending: string;
}

const require = createRequire(import.meta.url);
const { buildNative, testProgram } = require('../../scripts/build-native.cjs') as {
  buildNative(options: { withTests: boolean; quiet: boolean }): Promise<void>;
  testProgram: string;
};
// Up to date already where all tests run.
await buildNative({ withTests: true, quiet: true });

const timeoutMilliseconds = 300_000;

function linesOf(argument: string): string[] {
  return execFileSync(testProgram, [argument], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function parseReport(output: string, ending: string): Report {
  const outcomes = output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Outcome);
  return { outcomes: new Map(outcomes.map((outcome) => [outcome.name, outcome])), ending };
}

function runAll(instructionSet: string): Promise<Report> {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, LAYERWISE_ISA: instructionSet };
    const child = spawn(testProgram, ['--json'], { env: environment });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(parseReport(output, `${signal ?? `exit code ${code}`}\n${errors}`));
    });
  });
}

const forced = process.env.LAYERWISE_ISA;
const instructionSets = forced ? [forced] : linesOf('--instruction-sets');
const names = linesOf('--list');

describe.each(instructionSets)('C++ tests on %s', (instructionSet) => {
  let started: Promise<Report> | undefined;
  const report = (): Promise<Report> => {
    started ??= runAll(instructionSet);
    return started;
  };

  test.each(names)(
    '%s',
    async (name) => {
      const { outcomes, ending } = await report();
      const outcome = outcomes.get(name);
      if (!outcome) throw new Error(`The program ended before this test was done: ${ending}`);
      // The compiler was started in test/native/build.
      const failures = outcome.failures.map((failure) =>
        failure.replace(/^\.\.\//, 'test/native/'),
      );
      expect(failures.join('\n')).toBe('');
      expect(outcome.passed).toBe(true);
    },
    timeoutMilliseconds,
  );
});
