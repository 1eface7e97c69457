import {
  requireInteger,
  requireKnownKeys,
  requireNumber,
  requireObject,
  withDefault,
} from '../checks.js';
import type { Inputs } from '../data/matrix.js';
import { DataError } from '../errors.js';
import { type DenseSpec, dense } from '../network/layers/dense.js';
import type { HeadsSpec } from '../network/layers/heads.js';
import { type LayerSpec, moduleCount, sizeBehind } from '../network/layers/index.js';
import { type Model, requireModel } from './model.js';
import { type Sequential, sequential } from './sequential.js';

export interface LsuvOptions {
  /**
   * How far the variance of a layer may be from 1, above 0.
   *
   * @default 0.01
   */
  readonly tolerance?: number | undefined;
  /**
   * Corrections of a layer at the most, from 1 to 1000.
   *
   * @default 10
   */
  readonly maxIterations?: number | undefined;
}

/** What became of one dense layer. */
export interface LsuvLayer {
  /** Its number, from 0; of a layer in a residual block that of the block. */
  readonly layer: number;
  /** Its place: `layers[3]`, in a residual block `layers[3].layers[0]`. */
  readonly path: string;
  /** Of the layer's outputs before its activation, over rows and units, with orthogonal weights. */
  readonly varianceBefore: number;
  /** The same in the end. */
  readonly variance: number;
  readonly iterations: number;
}

/**
 * Layer-sequential unit variance (Mishkin and Matas 2016): gives every dense layer orthogonal
 * weights, then scales them, layer by layer from the first, until the outputs before the
 * activation have variance 1 over these inputs. Biases stay as they are, and so do a layer whose
 * weights are another one's, and the projections of residual blocks.
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
  requireModel(model);
  const job: Job = { model, rule: resolveOptions(options), records: [], seed: model.spec.seed };
  const { layers, inputSize } = model.spec;
  await initialise(job, { layers, inputSize, path: 'layers', prefix: '' }, inputs);
  return job.records;
}

interface Job {
  readonly model: Model;
  readonly rule: LsuvRule;
  readonly records: LsuvLayer[];
  /** Of the next layer. */
  seed: number;
}

/** Layers one after the other: those of the network, of a residual block, or of a head. */
interface LayerList {
  readonly layers: readonly LayerSpec[];
  readonly inputSize: number;
  readonly path: string;
  /** What the names of their tensors begin with. */
  readonly prefix: string;
  /** The number of the network's layer that they are within; absent for those of the network. */
  readonly within?: number;
}

async function initialise(job: Job, list: LayerList, inputs: Inputs): Promise<void> {
  const { model, records } = job;
  let values = inputs;
  for (const [index, spec] of list.layers.entries()) {
    const place = placeOf(list, index);
    const seed = job.seed++ % 2 ** 32;
    if (spec.type === 'residual') {
      const inner: LayerList = {
        layers: spec.layers,
        inputSize: place.inputSize,
        path: `${place.path}.layers`,
        prefix: `${place.prefix}layers.`,
        within: place.layer,
      };
      await initialise(job, inner, values);
    }
    if (spec.type === 'heads') {
      await initialiseHeads(job, spec, place, values);
      return; // nothing is behind them
    }
    if (spec.type === 'dense' && spec.tiedTo === undefined) {
      const linear = linearPart(spec, place.inputSize, seed);
      if (spec.bias) linear.setParameter('0.bias', model.getParameter(`${place.prefix}bias`));
      const scaled = await scaleToUnitVariance(linear, values, job.rule, place.path);
      records.push({ layer: place.layer, path: place.path, ...scaled });
      model.setParameter(`${place.prefix}weight`, linear.getParameter('0.weight'));
    }
    values = await standAlone(model, list, index).predict(values);
  }
}

async function initialiseHeads(
  job: Job,
  { heads }: HeadsSpec,
  { inputSize, path, prefix, layer }: Place,
  inputs: Inputs,
): Promise<void> {
  for (const [name, layers] of Object.entries(heads)) {
    const head: LayerList = {
      layers,
      inputSize,
      path: `${path}.heads.${name}`,
      prefix: `${prefix}${name}.`,
      within: layer,
    };
    await initialise(job, head, inputs);
  }
}

interface Place {
  /** Its number, from 0; of a layer within another that of the outermost one. */
  readonly layer: number;
  readonly inputSize: number;
  readonly path: string;
  /** What the names of the layer's tensors begin with. */
  readonly prefix: string;
}

function placeOf(list: LayerList, index: number): Place {
  const { layers, inputSize, path, prefix } = list;
  const before = layers.slice(0, index);
  return {
    layer: list.within ?? index,
    inputSize: sizeBehind(before, inputSize),
    path: `${path}[${index}]`,
    prefix: `${prefix}${moduleCount(before)}.`,
  };
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

/** A network of one layer of the model, with its tensors. */
function standAlone(model: Model, list: LayerList, index: number): Sequential {
  const spec = list.layers[index] as LayerSpec;
  const { inputSize, prefix } = placeOf(list, index);
  const alone = sequential([withOwnWeights(spec)], { inputSize });
  const owner = spec.type === 'dense' ? spec.tiedTo : undefined;
  for (const { name } of alone.parameters) {
    if (owner !== undefined && name === '0.weight') continue;
    alone.setParameter(name, model.getParameter(name.replace('0.', prefix)));
  }
  if (owner !== undefined) {
    const weights = model.getParameter(`${placeOf(list, owner).prefix}weight`);
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
  path: string,
): Promise<Omit<LsuvLayer, 'layer' | 'path'>> {
  const measure = async () => varianceOf((await linear.predict(inputs)).values);
  const varianceBefore = await measure();
  let variance = varianceBefore;
  let iterations = 0;
  for (; Math.abs(variance - 1) > tolerance && iterations < maxIterations; iterations++) {
    const factor = 1 / Math.sqrt(variance);
    if (!Number.isFinite(factor)) throw constantOutput(path, variance);
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

function constantOutput(path: string, variance: number): DataError {
  return new DataError({
    path,
    expected: 'outputs that differ between rows and units',
    received: `a variance of ${variance}`,
    remedy: 'Pass more rows, and rows that differ.',
  });
}
