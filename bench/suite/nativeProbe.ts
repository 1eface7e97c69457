import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { GemmForm, GemmShapeRow } from '../cards.js';
import { paths } from '../common/paths.js';

const directory = path.join(paths.bench, 'native');
const windows = process.platform === 'win32';
const program = path.join(
  directory,
  'build/Release',
  windows ? 'native_benchmarks.exe' : 'native_benchmarks',
);

interface BuildScripts {
  buildNative(options: { quiet: boolean }): Promise<void>;
  buildWithGyp(words: string[], options: { directory: string; quiet: boolean }): Promise<void>;
}

function modifiedAt(file: string): number {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

/**
 * Builds the library and the micro-benchmarks that link it, as far as sources have changed.
 *
 * @throws Error when there is no compiler, or it fails.
 */
export async function buildNativeProbe(): Promise<void> {
  const require = createRequire(path.join(paths.root, 'package.json'));
  const { buildNative, buildWithGyp } = require('./scripts/build-native.cjs') as BuildScripts;
  await buildNative({ quiet: true });
  // The generated makefile does not know that the program depends on the library.
  const library = path.join(
    paths.root,
    'build/Release',
    windows ? 'layerwise_core.lib' : 'layerwise_core.a',
  );
  if (modifiedAt(program) < modifiedAt(library)) rmSync(program, { force: true });
  await buildWithGyp(['configure', 'build'], { directory, quiet: true });
}

export type Precision = 'fp32' | 'bf16';

export interface ProbeSets {
  /** Instruction sets of this machine, worst first. */
  readonly sets: readonly string[];
  /** Those with a peak in single precision, and in bfloat16. */
  readonly fp32: readonly string[];
  readonly bf16: readonly string[];
  /** The threads that the library uses by default. */
  readonly threads: number;
}

export interface GemmAnswer {
  readonly operationsPerSecond: number;
  readonly peak: number;
  /** Median of the shares of pairs of measurements that lie side by side. */
  readonly share: number;
  readonly maxError: number;
}

/** The native micro-benchmarks, asked line by line: see bench/native/main.cc. */
export class NativeProbe {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#child = spawn(program);
    this.#child.on('error', () => {});
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  sets(): Promise<ProbeSets> {
    return this.#ask('sets');
  }

  /** Operations per second; a multiply-add is two. */
  async peak(set: string, precision: Precision, threads: number, seconds: number): Promise<number> {
    const line = `peak ${set} ${precision} ${threads} ${seconds}`;
    return (await this.#ask<{ operationsPerSecond: number }>(line)).operationsPerSecond;
  }

  /** Bytes read plus bytes written per second. */
  async copy(threads: number, seconds: number): Promise<number> {
    const line = `copy ${threads} ${seconds}`;
    return (await this.#ask<{ bytesPerSecond: number }>(line)).bytesPerSecond;
  }

  gemm(
    set: string,
    form: GemmForm,
    shape: GemmShapeRow,
    threads: number,
    seconds: number,
  ): Promise<GemmAnswer> {
    const { batch, inputs, outputs } = shape;
    return this.#ask(`gemm ${set} ${form} ${batch} ${inputs} ${outputs} ${threads} ${seconds}`);
  }

  async #ask<T>(line: string): Promise<T> {
    this.#child.stdin.write(`${line}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the native micro-benchmarks ended at "${line}"`);
    const answer = JSON.parse(value) as T & { error?: string };
    if (answer.error !== undefined) throw new Error(`${answer.error}, at "${line}"`);
    return answer;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await ended;
  }
}
