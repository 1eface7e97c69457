import {
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import type { Inputs } from '../data/matrix.js';
import { DataError } from '../errors.js';
import { type DenseSpec, dense } from '../spec/layers/dense.js';
import type { LayerSpec } from '../spec/layers/index.js';
import type { Model } from './model.js';
import { type Sequential, sequential } from './sequential.js';

export interface LsuvOptions {
  /** How far the variance of a layer may be from 1. Default 0.01, above 0. */
  readonly tolerance?: number | undefined;
  /** Corrections of a layer at the most. Default 10, from 1 to 1000. */
  readonly maxIterations?: number | undefined;
}

/** What became of one dense layer. */
export interface LsuvLayer {
  /** Its number, from 0. */
  readonly layer: number;
  /** Of the layer's outputs before its activation, over rows and units, with orthogonal weights. */
  readonly varianceBefore: number;
  /** The same in the end. */
  readonly variance: number;
  readonly iterations: number;
}

/**
 * Layer-sequential unit variance (Mishkin and Matas 2016): gives every dense layer orthogonal
 * weights, then scales them, layer by layer from the first, until the outputs before the
 * activation have variance 1 over these inputs. Biases stay as they are, and so does a layer whose
 * weights are another one's.
 *
 * ```ts
 * const layers = await lsuv(model, firstRows);
 * ```
 *
 * @param model A model that does not train at the moment.
 * @param inputs [rows, inputSize]: a few hundred rows of the training data are enough.
 * @returns One record for each dense layer.
 * @throws ArgumentError, ShapeError, DataError (also when a layer gives a constant output, which no
 * factor can bring to variance 1), StateError while the model trains.
 */
export async function lsuv(
  model: Model,
  inputs: Inputs,
  options: LsuvOptions = {},
): Promise<readonly LsuvLayer[]> {
  const rule = resolveOptions(options);
  const records: LsuvLayer[] = [];
  let columns = model.inputSize;
  let values = inputs;
  for (const [layer, spec] of model.spec.layers.entries()) {
    const parameters = parametersOf(model, layer);
    if (spec.type === 'dense' && spec.tiedTo === undefined) {
      const linear = linearPart(spec, columns, (model.spec.seed + layer) % 2 ** 32);
      const bias = parameters.get('0.bias');
      if (bias !== undefined) linear.setParameter('0.bias', model.getParameter(bias));
      records.push({ layer, ...(await scaleToUnitVariance(linear, values, rule, layer)) });
      model.setParameter(parameters.get('0.weight') ?? '', linear.getParameter('0.weight'));
    }
    const alone = standAlone(model, layer, columns);
    values = await alone.predict(values);
    columns = alone.outputSize;
  }
  return records;
}

interface LsuvRule {
  readonly tolerance: number;
  readonly maxIterations: number;
}

function resolveOptions(options: LsuvOptions): LsuvRule {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, ['tolerance', 'maxIterations'], '');
  return {
    tolerance: requireNumber(withDefault(given.tolerance, 0.01), 'tolerance', {
      minimum: 0,
      minimumExclusive: true,
    }),
    maxIterations: requireInteger(withDefault(given.maxIterations, 10), 'maxIterations', {
      minimum: 1,
      maximum: 1000,
    }),
  };
}

/** The tensors of a layer: the name that it has in a network of that layer alone, to its name. */
function parametersOf(model: Model, layer: number): Map<string, string> {
  const parameters = model.parameters.filter((parameter) => parameter.layer === layer);
  return new Map(parameters.map(({ name }) => [name.replace(/^\d+/, '0'), name]));
}

/** A network of one layer of the model, with its tensors. */
function standAlone(model: Model, layer: number, inputSize: number): Sequential {
  const spec = model.spec.layers[layer] as LayerSpec;
  const owner = spec.type === 'dense' ? spec.tiedTo : undefined;
  const alone = sequential([withOwnWeights(spec)], { inputSize });
  for (const [name, full] of parametersOf(model, layer)) {
    alone.setParameter(name, model.getParameter(full));
  }
  if (owner !== undefined) {
    const weights = model.getParameter(parametersOf(model, owner).get('0.weight') ?? '');
    alone.setParameter('0.weight', transposed(weights, inputSize));
  }
  return alone;
}

function withOwnWeights(layer: LayerSpec): LayerSpec {
  if (layer.type !== 'dense' || layer.tiedTo === undefined) return layer;
  const { tiedTo, ...rest } = layer;
  return rest;
}

function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number);
}

/** A dense layer without its activation, with orthogonal weights. */
function linearPart({ units, bias }: DenseSpec, inputSize: number, seed: number): Sequential {
  return sequential([dense(units, { bias, kernelInitializer: 'orthogonal' })], {
    inputSize,
    seed,
  });
}

async function scaleToUnitVariance(
  linear: Sequential,
  inputs: Inputs,
  { tolerance, maxIterations }: LsuvRule,
  layer: number,
): Promise<Omit<LsuvLayer, 'layer'>> {
  const measure = async () => varianceOf((await linear.predict(inputs)).values);
  const varianceBefore = await measure();
  let variance = varianceBefore;
  let iterations = 0;
  for (; Math.abs(variance - 1) > tolerance && iterations < maxIterations; iterations++) {
    const factor = 1 / Math.sqrt(variance);
    if (!Number.isFinite(factor)) throw constantOutput(layer, variance);
    const weights = linear.getParameter('0.weight');
    linear.setParameter(
      '0.weight',
      weights.map((weight) => weight * factor),
    );
    variance = await measure();
  }
  return { varianceBefore, variance, iterations };
}

function varianceOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / values.length;
}

function constantOutput(layer: number, variance: number): DataError {
  return new DataError({
    path: `layers[${layer}]`,
    expected: 'outputs that differ between rows and units',
    received: `a variance of ${variance}`,
    remedy: 'Pass more rows, and rows that differ.',
  });
}
