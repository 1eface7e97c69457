import { readBytes } from '../../data/bytes.js';
import { type IdxReader, openIdx, readIdx } from '../../data/idx.js';
import { inputsOfItems, requireFiniteItems, scalingOfValues } from '../../data/idxSchema.js';
import type { GroupOption } from '../../data/table.js';
import { DataError, ShapeError } from '../../errors.js';
import { UsageError } from '../arguments/usageError.js';
import type { TrainOptions } from '../train/trainArguments.js';
import type { ReadingContext, TrainingData } from './trainingData.js';

/** Reads an IDX file of images, and one with their labels, for training. */
export async function readTrainingImages(
  options: TrainOptions & GroupOption,
  context: ReadingContext,
): Promise<TrainingData> {
  requireImageOptions(options);
  const reader = await openReader(options.data, context);
  const labels = options.labels === undefined ? null : await readLabels(options.labels, context);
  if (labels && labels.values.length !== reader.items) throw unequal(options, reader, labels);
  const values = await readIdx(reader);
  requireFiniteItems(values, reader);
  const scaling = scalingOfValues(values, reader.path);
  return {
    schema: {
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
    groups: null,
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

async function readLabels(path: string, context: ReadingContext): Promise<Labels> {
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
  const mostClasses = 100_000;
  if (different.length < 2 || different.length > mostClasses) {
    throw new DataError({
      path,
      expected: `2 to ${mostClasses} different labels`,
      received: String(different.length),
    });
  }
  const indexOf = new Map(different.map((label, index) => [label, index]));
  return {
    values: Int32Array.from(labels as ArrayLike<number>, (label) => indexOf.get(label) ?? 0),
    classes: different.map(String),
  };
}

function unequal(options: TrainOptions, reader: IdxReader, labels: Labels): ShapeError {
  return new ShapeError({
    path: options.labels ?? '--labels',
    expected: `as many labels as there are images in ${options.data}: ${reader.items}`,
    received: String(labels.values.length),
    remedy: 'Check that both files belong together.',
  });
}
