import {
  describeValue,
  isPlainObject,
  joinPath,
  listOf,
  remedyFor,
  requireBoolean,
  requireChoice,
  requireKnownKeys,
  requireNumber,
} from '../checks.js';
import { ArgumentError } from '../errors.js';
import { answerName } from '../foreignNames.js';
import type { ActivationDescription, ParameterDescription, RowDescription } from '../native.js';
import {
  type ActivationOption,
  type ActivationSpec,
  activationTable,
  type InitializerSpec,
  initializerTable,
  type LayerName,
  type LossSpec,
  layerTable,
  lossTable,
  type OptimizerSpec,
  optimizerTable,
  type ScheduleSpec,
  scheduleTable,
} from './generated.js';

/** Turns what a caller wrote for a row of a table into the full frozen spec. */

/** @throws ArgumentError with the path of what is wrong. */
export function normaliseRow<Spec extends { readonly type: string }>(
  table: readonly RowDescription[],
  noun: string,
  input: unknown,
  path: string,
): Spec {
  const [name, given, namePath] = nameAndParameters(input, noun, path);
  const row = findRow(table, noun, name, namePath);
  const known = row.parameters.map((parameter) => parameter.name);
  requireKnownKeys(given, ['type', ...known], path);
  const values = row.parameters.map((parameter) => {
    const value = given[parameter.name];
    const parameterPath = joinPath(path, parameter.name);
    return [parameter.name, parameterValue(parameter, value, parameterPath)] as const;
  });
  const spec: Record<string, unknown> = { type: row.name, ...Object.fromEntries(values) };
  return Object.freeze(spec) as Spec;
}

/**
 * A row that a network computes with, in single precision: what is infinite there would make its
 * predictions NaN.
 */
function normaliseComputed<Spec extends { readonly type: string }>(
  table: readonly RowDescription[],
  noun: string,
  input: unknown,
  path: string,
): Spec {
  const spec = normaliseRow<Spec>(table, noun, input, path);
  for (const [name, value] of Object.entries(spec)) {
    if (typeof value !== 'number' || Number.isFinite(Math.fround(value))) continue;
    throw new ArgumentError({
      path: joinPath(path, name),
      expected: 'a number that single precision can hold, up to 3.4e38',
      received: String(value),
      remedy: 'Choose one nearer to zero.',
    });
  }
  return spec;
}

function nameAndParameters(
  input: unknown,
  noun: string,
  path: string,
): [name: unknown, parameters: Record<string, unknown>, namePath: string] {
  if (typeof input === 'string') return [input, {}, path];
  if (isPlainObject(input)) return [input.type, input, joinPath(path, 'type')];
  throw new ArgumentError({
    path,
    expected: `the name of ${articleFor(noun)} ${noun} or an object with its type`,
    received: describeValue(input),
  });
}

function articleFor(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}

function findRow(
  table: readonly RowDescription[],
  noun: string,
  name: unknown,
  path: string,
): RowDescription {
  const row =
    typeof name === 'string'
      ? table.find((candidate) => candidate.name === name || candidate.alias === name)
      : undefined;
  if (row !== undefined) return row;
  const names = table.map((candidate) => candidate.name);
  const all = [...names, ...table.flatMap(({ alias }) => alias ?? [])];
  throw new ArgumentError({
    path,
    expected: `one of the ${pluralOf(noun)} ${listOf(names)}`,
    received: describeValue(name),
    remedy: typeof name === 'string' ? answerName(noun, name, all) || remedyFor(name, all) : '',
  });
}

function pluralOf(noun: string): string {
  return noun.endsWith('s') ? `${noun}es` : `${noun}s`;
}

function parameterValue(
  parameter: ParameterDescription,
  value: unknown,
  path: string,
): number | boolean | string {
  if (value === undefined) return parameter.default;
  if (parameter.choices !== undefined) return requireChoice(value, parameter.choices, path);
  if (typeof parameter.default === 'boolean') return requireBoolean(value, path);
  return requireWholeNumber(requireNumber(value, path, parameter), parameter, path);
}

function requireWholeNumber(value: number, { whole }: ParameterDescription, path: string): number {
  if (!whole || Number.isInteger(value)) return value;
  throw new ArgumentError({ path, expected: 'a whole number', received: String(value) });
}

export function normaliseActivation(input: unknown, path: string): ActivationSpec {
  return normaliseComputed<ActivationSpec>(activationTable, 'activation', input, path);
}

/** What the core knows about an activation. */
export function activationRow(name: ActivationSpec['type']): ActivationDescription {
  const rows: readonly ActivationDescription[] = activationTable;
  const row = rows.find((candidate) => candidate.name === name);
  if (row !== undefined) return row;
  throw new TypeError(`no activation is called ${name}`); // the types exclude it
}

/**
 * The factor on the spread of weights that keeps the spread of activations: 5/3 for tanh, √2 for
 * relu, √(2 / (1 + slope²)) for leakyRelu, 3/4 for selu, 1 for those that PyTorch's
 * `torch.nn.init.calculate_gain` does not list. Made for the option `gain` of initializers whose
 * spread does not depend on the activation, as in `glorotUniform({ gain: gainOf('tanh') })`;
 * `heNormal` and `heUniform` contain the √2 of relu already.
 *
 * ```ts
 * dense(64, { activation: 'tanh', kernelInitializer: glorotUniform({ gain: gainOf('tanh') }) });
 * ```
 *
 * @param activation A name, or `{ type, ...parameters }`.
 * @throws ArgumentError for an unknown activation or wrong parameters.
 */
export function gainOf(activation: ActivationOption): number {
  const spec: ActivationSpec = normaliseActivation(activation, 'activation');
  const { gain, gainSlope } = activationRow(spec.type);
  if (gainSlope === null) return gain;
  const slope = Object.entries(spec).find(([name]) => name === gainSlope)?.[1];
  return gain / Math.sqrt(1 + Number(slope) ** 2);
}

export function normaliseInitializer(input: unknown, path: string): InitializerSpec {
  const spec = normaliseComputed<InitializerSpec>(initializerTable, 'initializer', input, path);
  if (spec.type === 'uniform' && spec.minimum > spec.maximum) {
    throw new ArgumentError({
      path: joinPath(path, 'maximum'),
      expected: `a number >= the minimum of ${spec.minimum}`,
      received: String(spec.maximum),
    });
  }
  return spec;
}

export function normaliseLoss(input: unknown, path: string): LossSpec {
  return normaliseRow<LossSpec>(lossTable, 'loss', input, path);
}

export function normaliseOptimizer(input: unknown, path: string): OptimizerSpec {
  const spec = normaliseRow<OptimizerSpec>(optimizerTable, 'optimizer', input, path);
  if (spec.type === 'sgd' && spec.nesterov && spec.momentum === 0) {
    throw new ArgumentError({
      path: joinPath(path, 'nesterov'),
      expected: 'a momentum above 0 beside it',
      received: 'a momentum of 0',
      remedy: 'Set momentum, 0.9 say, or leave nesterov out.',
    });
  }
  return spec;
}

export function normaliseSchedule(input: unknown, path: string): ScheduleSpec {
  return normaliseRow<ScheduleSpec>(scheduleTable, 'schedule', input, path);
}

/** For layers whose options are all in the table. */
export function normaliseGeneratedLayer<Spec extends { readonly type: LayerName }>(
  input: unknown,
  path: string,
): Spec {
  return normaliseComputed<Spec>(layerTable, 'layer', input, path);
}
