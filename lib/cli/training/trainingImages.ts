import { readBytes } from '../../data/bytes.js';
import { type IdxReader, openIdx, readIdx } from '../../data/idx.js';
import {
  type IdxSchema,
  inputsOfItems,
  requireFiniteItems,
  requireSameItems,
  scalingOfValues,
} from '../../data/idxSchema.js';
import type { GroupOption } from '../../data/table.js';
import { DataError, ShapeError } from '../../errors.js';
import { UsageError } from '../arguments/usageError.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { ReadingContext, TrainingData } from './trainingData.js';

/**
 * Reads an IDX file of images, and one with their labels, for training.
 *
 * @param known the schema of a model that goes on to learn; found in the files where there is none.
 */
export async function readTrainingImages(
  options: TrainOptions & GroupOption,
  context: ReadingContext,
  known?: IdxSchema,
): Promise<TrainingData> {
  requireImageOptions(options);
  const reader = await openReader(options.data, context);
  if (known) requireSameItems(known, reader);
  const { labels: path } = options;
  const labels =
    path === undefined ? null : await readLabels(path, context, known?.classes ?? undefined);
  if (labels && labels.values.length !== reader.items) throw unequal(options, reader, labels);
  const values = await readIdx(reader);
  requireFiniteItems(values, reader, known);
  const scaling = known ?? scalingOfValues(values, reader.path);
  return {
    schema: known ?? {
      kind: 'idx',
      valueType: reader.type,
      shape: reader.dimensions.slice(1),
      ...scaling,
      classes: labels?.classes ?? null,
    },
    task: labels ? 'classification' : 'autoencoding',
    reason: labels ? `'${options.labels}' holds ${labels.classes.length} different labels` : null,
    inputs: inputsOfItems(values, reader.itemSize, scaling),
    targets: labels?.values ?? null,
    ...{ heldOut: null, validation: null, groups: null, digest: null },
    cut: null,
    droppedRows: 0,
    notices: [],
  };
}

function requireImageOptions({
  autoencoder,
  labels,
  target,
  task,
  groups,
}: TrainOptions & GroupOption): void {
  if (groups !== undefined) throw new UsageError('--groups is for tables', 'search');
  if (target !== undefined) {
    throw new UsageError(
      '--target is for tables: name the file with the labels of the images with --labels',
      'train',
    );
  }
  if (task === 'regression') {
    throw new UsageError('the labels of images are always classes: leave --task out', 'train');
  }
  if (autoencoder || labels !== undefined) return;
  throw new UsageError(
    'name the file with the labels of the images with --labels, or give --autoencoder',
    'train',
  );
}

function openReader(path: string, { signal, onBytes }: ReadingContext): Promise<IdxReader> {
  const watch = { signal, onBytes: (bytes: number) => onBytes(path, 'read', bytes) };
  return openIdx(readBytes(path, watch), path);
}

interface Labels {
  /** Class indices. */
  readonly values: Int32Array;
  readonly classes: readonly string[];
}

/** @param known the classes that there may be; those of the file where it is undefined */
async function readLabels(
  path: string,
  context: ReadingContext,
  known?: readonly string[],
): Promise<Labels> {
  const reader = await openReader(path, context);
  if (reader.itemSize !== 1) {
    throw new ShapeError({
      path,
      expected: 'a file with one label per image',
      received: `items of ${reader.dimensions.slice(1).join(' x ')} values`,
      remedy: 'Give the file with the labels to --labels and the images as data.',
    });
  }
  const labels = await readIdx(reader);
  requireFiniteItems(labels, reader);
  const different = [...new Set<number>(labels)].sort((left, right) => left - right);
  const classes = known ?? classesOfLabels(different, path);
  const indexOf = new Map(classes.map((name, index) => [Number(name), index]));
  const strange = different.find((label) => !indexOf.has(label));
  if (strange !== undefined) throw newLabel(strange, classes, path);
  return {
    values: Int32Array.from(labels as ArrayLike<number>, (label) => indexOf.get(label) ?? 0),
    classes,
  };
}

const mostClasses = 100_000;

function classesOfLabels(different: readonly number[], path: string): readonly string[] {
  if (different.length >= 2 && different.length <= mostClasses) return different.map(String);
  throw new DataError({
    path,
    expected: `2 to ${mostClasses} different labels`,
    received: String(different.length),
  });
}

function newLabel(label: number, classes: readonly string[], path: string): DataError {
  return new DataError({
    path,
    expected: `labels that the model knows (${classes.slice(0, 10).join(', ')}${classes.length > 10 ? ', …' : ''})`,
    received: String(label),
    remedy: 'It has one output for each class: train a new model for others.',
  });
}

function unequal(options: TrainOptions, reader: IdxReader, labels: Labels): ShapeError {
  return new ShapeError({
    path: options.labels ?? '--labels',
    expected: `as many labels as there are images in ${options.data}: ${reader.items}`,
    received: String(labels.values.length),
    remedy: 'Check that both files belong together.',
  });
}
