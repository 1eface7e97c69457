import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';

/** Runs exported files by onnxruntime-web, on one thread. */

/** What goes into a model, and what comes out of it: columns side by side, row after row. */
export interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | string | bigint>;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, Tensor>>>;
}

/** What is used of the package: its own types want a browser. */
interface Runtime {
  readonly env: { readonly wasm: { numThreads: number }; logLevel: string };
  readonly InferenceSession: { create(bytes: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => Tensor;
}

let loaded: Promise<Runtime> | undefined;

async function runtime(): Promise<Runtime> {
  loaded ??= import('onnxruntime-web').then((module) => {
    const ort = module as unknown as Runtime;
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
    return ort;
  });
  return await loaded;
}

/** A matrix of float32. */
export async function floats(values: Float32Array, columns: number): Promise<Tensor> {
  const { Tensor } = await runtime();
  return new Tensor('float32', values, [values.length / columns, columns]);
}

/** Images of bytes, say. */
export async function bytes(values: Uint8Array, dims: readonly number[]): Promise<Tensor> {
  const { Tensor } = await runtime();
  return new Tensor('uint8', values, dims);
}

/** A column of a table: texts, or numbers of float64. */
export async function column(values: readonly string[] | Float64Array): Promise<Tensor> {
  const { Tensor } = await runtime();
  const type = values instanceof Float64Array ? 'float64' : 'string';
  return new Tensor(type, values, [values.length, 1]);
}

/** What a file gives for some inputs, by the names of its outputs. */
export async function run(
  path: string,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> {
  const { InferenceSession } = await runtime();
  const session = await InferenceSession.create(await readFile(path), {
    executionProviders: ['wasm'],
  });
  return await session.run(feeds);
}

/** Whether numbers agree to 1e-5, beside the largest of them where they are smaller. */
export function expectClose(actual: ArrayLike<unknown> | undefined, wanted: ArrayLike<number>) {
  const numbers = Array.from(actual ?? [], Number);
  expect(numbers).toHaveLength(wanted.length);
  const scale = Math.max(1e-6, ...Array.from(wanted, Math.abs));
  const worst = Math.max(0, ...numbers.map((value, at) => Math.abs(value - Number(wanted[at]))));
  expect(numbers.some(Number.isNaN)).toBe(false);
  expect(worst / scale).toBeLessThan(1e-5);
}
