import type { IdxSchema } from '../../data/idxSchema.js';
import { encodedWidth, type TableSchema } from '../../data/tableSchema.js';
import { ArgumentError, FileFormatError } from '../../errors.js';
import type { Autoencoder, Sequential } from '../../index.js';
import { requireNoConflict } from '../arguments/sharedFlags.js';
import { loadModel } from '../models/files.js';
import { trainedModel } from '../models/trainedModel.js';
import type { TrainOptions } from '../train/trainArguments.js';

/** The model of `--from`, which goes on to learn: its data has to look like that it was trained on. */
export interface KnownModel {
  /** The first of its networks; most models have one. */
  readonly model: Sequential | Autoencoder;
  readonly networks: readonly (Sequential | Autoencoder)[];
  readonly schema: TableSchema | IdxSchema;
}

/**
 * Null where the network is to be a new one.
 *
 * @throws FileFormatError for what `train` has not written
 */
export async function knownModel({ from: path }: TrainOptions): Promise<KnownModel | null> {
  if (path === undefined) return null;
  const loaded = await loadModel(path, {
    expected: 'a model that `layerwise train` wrote',
    remedy: 'The data is the argument of `train`; --from names the model.',
  });
  const { networks, schema } = trainedModel(loaded, path);
  const [model] = networks;
  const inputs = schema.kind === 'table' ? encodedWidth(schema) : itemSize(schema);
  if (model.inputSize !== inputs) {
    throw unlike(path, `a network of ${model.inputSize} inputs, and data of ${inputs}`);
  }
  return { model, networks, schema };
}

function itemSize({ shape }: IdxSchema): number {
  return shape.reduce((size, side) => size * side, 1);
}

function unlike(path: string, received: string): FileFormatError {
  return new FileFormatError({
    path,
    expected: 'a model that `layerwise train` wrote',
    received,
    remedy: 'A model of a program of your own is trained by that program.',
  });
}

/**
 * The options with what the model says of them: what it predicts, and how its table is read.
 *
 * @throws ArgumentError, UsageError for options that say something else
 */
export function withKnownModel(options: TrainOptions, known: KnownModel | null): TrainOptions {
  if (known === null) return options;
  const { model, networks, schema } = known;
  requireAsMany(known, options);
  const target = schema.kind === 'table' ? schema.target : null;
  const targetName = target?.name;
  requireSame('target', options.target, targetName, known);
  const isAutoencoder = model.kind === 'autoencoder';
  if (options.autoencoder && !isAutoencoder)
    throw different('autoencoder', 'an autoencoder', known);
  const task = target && (target.type === 'number' ? 'regression' : 'classification');
  if (target !== null) requireSame('task', options.task, task ?? undefined, known);
  const rule = model.kind === 'autoencoder' ? model.anomalyDetector?.rule : undefined;
  const contamination = rule?.method === 'contamination' ? rule.contamination : undefined;
  const whole = {
    ...options,
    target: targetName,
    autoencoder: isAutoencoder,
    // The weights change, and with them what an anomaly is.
    contamination: options.contamination ?? contamination,
    ...(schema.kind === 'table' && { header: schema.header, missing: schema.missing }),
    ...networkOptions(model),
    members: networks.length,
    goesOn: true,
  };
  requireNoConflict(whole, 'train');
  return whole;
}

/** @throws ArgumentError for several networks where something is asked for that is about one. */
function requireAsMany({ networks }: KnownModel, { from, isSingle }: TrainOptions): void {
  if (networks.length === 1 || !isSingle) return;
  throw new ArgumentError({
    path: from ?? '--from',
    expected: 'a model of one network beside options that are about one',
    received: `${networks.length} networks that predict together`,
    remedy: 'Leave out --validation, --patience and the like, or train it with --members 1.',
  });
}

function requireSame(
  option: 'target' | 'task',
  given: string | undefined,
  known: string | undefined,
  model: KnownModel,
): void {
  if (given === undefined || given === known) return;
  throw different(option, `'${given}'`, model);
}

function different(option: string, received: string, { schema }: KnownModel): ArgumentError {
  const target = schema.kind === 'table' ? schema.target : null;
  return new ArgumentError({
    path: `--${option}`,
    expected:
      target === null
        ? 'what the model of --from learns'
        : `what the model of --from learns: '${target.name}' as ${target.type === 'number' ? 'a number' : 'classes'}`,
    received,
    remedy: 'Leave it out, or train a new model without --from.',
  });
}

/** The network, as options would have it. */
function networkOptions(
  model: Sequential | Autoencoder,
): Partial<Pick<TrainOptions, 'activation' | 'hidden' | 'code'>> {
  const layers = model.spec.layers.filter((layer) => layer.type === 'dense');
  const units = layers.map((layer) => layer.units);
  const activation = layers[0]?.activation;
  const code = model.kind === 'autoencoder' ? model.codeSize : undefined;
  const end = code === undefined ? units.length - 1 : units.indexOf(code);
  return {
    hidden: units.slice(0, Math.max(0, end)),
    ...(activation !== undefined && { activation }),
    ...(code !== undefined && { code }),
  };
}
