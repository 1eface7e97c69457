import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrix } from '../../../lib/index.js';
import type { TablePredictions } from '../../../lib/tables/predictions.js';
import { drawnAutoencoder, drawnMultiOutput, drawnSequential } from './randomModels.js';
import { type DrawnTable, drawnTable, kindsOfTables } from './randomTables.js';

/**
 * Exported files before the checker of ONNX and the native onnxruntime, which are packages of Python. They are looked for
 * in the Python that LAYERWISE_PYTHON names, or in `python3`; where they are missing, these tests are skipped.
 */

const python = process.env.LAYERWISE_PYTHON ?? 'python3';
const hasOnnx = spawnSync(python, ['-c', 'import onnx, onnxruntime, numpy']).status === 0;
const program = fileURLToPath(new URL('programs/checkOnnx.py', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What a file takes, and what it has to give for that. */
interface Case {
  readonly file: string;
  readonly inputs: Readonly<Record<string, Column>>;
  readonly outputs: Readonly<Record<string, Column>>;
}

interface Column {
  readonly type: 'float32' | 'float64' | 'str';
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}

function floats(values: Float32Array, rows: number): Column {
  return { type: 'float32', shape: [rows, values.length / rows], values: [...values] };
}

/** One line for each output that is not as it should be. */
async function faultsOf(cases: readonly Case[]): Promise<string[]> {
  const list = join(folder, 'cases.json');
  await writeFile(list, JSON.stringify(cases));
  const output = execFileSync(python, [program, list], { encoding: 'utf8' });
  const { checked, faults } = JSON.parse(output) as { checked: number; faults: string[] };
  expect(checked).toBe(cases.length);
  return faults;
}

const rowCount = 9;

describe.skipIf(!hasOnnx)('files before the checker and the runtime of ONNX', () => {
  test('50 random networks agree to 1e-5', async () => {
    const cases: Case[] = [];
    for (let seed = 100; seed < 150; seed++) cases.push(await drawnCase(seed));
    expect(await faultsOf(cases)).toEqual([]);
  });

  test('10 models of random tables agree from raw columns', async () => {
    const cases: Case[] = [];
    for (let seed = 200; seed < 210; seed++) cases.push(await tableCase(seed));
    expect(await faultsOf(cases)).toEqual([]);
  });
});

async function drawnCase(seed: number): Promise<Case> {
  const file = join(folder, `${seed}.onnx`);
  if (seed % 5 === 0) return await multiOutputCase(seed, file);
  if (seed % 5 === 1) return await autoencoderCase(seed, file);
  const { model, rows } = drawnSequential(seed);
  await model.export(file);
  const { values } = model.predictSync(matrix(rows, rowCount, model.inputSize));
  const inputs = { input: floats(rows, rowCount) };
  return { file, inputs, outputs: { output: floats(values, rowCount) } };
}

async function multiOutputCase(seed: number, file: string): Promise<Case> {
  const { model, rows } = drawnMultiOutput(seed);
  const { outputs } = await model.export(file);
  const given = model.predictSync(matrix(rows, rowCount, model.inputSize));
  const wanted = model.outputs.map(({ name }, index) => [
    outputs[index]?.name,
    floats(given[name]?.values ?? new Float32Array(0), rowCount),
  ]);
  return { file, inputs: { input: floats(rows, rowCount) }, outputs: Object.fromEntries(wanted) };
}

async function autoencoderCase(seed: number, file: string): Promise<Case> {
  const { model, rows } = drawnAutoencoder(seed);
  const inputs = matrix(rows, rowCount, model.inputSize);
  await model.detector(inputs, { method: 'maximum', factor: 1 });
  await model.export(file, { part: 'score' });
  const scores = (await model.anomalyDetector?.score(inputs)) ?? new Float32Array(0);
  const score = { ...floats(scores, rowCount), shape: [rowCount] };
  return { file, inputs: { input: floats(rows, rowCount) }, outputs: { score } };
}

async function tableCase(seed: number): Promise<Case> {
  const kind = kindsOfTables[seed % kindsOfTables.length] ?? 'classes';
  const { model, rows, columns } = drawnTable(seed, kind);
  const file = join(folder, `${seed}.onnx`);
  const { outputs } = await model.export(file);
  const predicted = await model.predict(rows, { unknown: 'ignore' });
  const inputs = Object.entries(columns).map(([name, values]) => [name, inputOf(values)] as const);
  const wanted = outputs.map(({ name }) => [name, outputOf(name, predicted)] as const);
  return { file, inputs: Object.fromEntries(inputs), outputs: Object.fromEntries(wanted) };
}

function inputOf(values: DrawnTable['columns'][string]): Column {
  const type = values instanceof Float64Array ? 'float64' : 'str';
  return { type, shape: [values.length, 1], values: [...values] };
}

function outputOf(name: string, predicted: TablePredictions): Column {
  const { predictions, lower, upper, probabilities, rows } = predicted;
  if (name === 'probabilities' && probabilities) return floats(probabilities.values, rows);
  const values = { lower: lower ?? [], upper: upper ?? [] }[name] ?? predictions;
  const type = typeof values[0] === 'string' ? 'str' : 'float64';
  return { type, shape: [rows], values: [...values] };
}
