import type { Detector } from '../../autoencoders/detector.js';
import { numberField } from '../../data/csvWriter.js';
import { type IdxSchema, placeInItem } from '../../data/idxSchema.js';
import type { MatrixInput } from '../../data/matrix.js';
import {
  decodeColumn,
  encodedWidth,
  inputColumnsOf,
  type TableSchema,
} from '../../data/tableSchema.js';
import { FileFormatError, ShapeError } from '../../errors.js';
import type { Autoencoder, Sequential } from '../../index.js';

/** What a model says about rows, as the fields that `predict` appends to them. */
export interface Scorer {
  /** Names of the fields. */
  readonly columns: readonly string[];
  /** The fields of every row. */
  score(inputs: MatrixInput): Promise<string[][]>;
}

export interface ScorerOptions {
  /** How errors call the model. */
  readonly path: string;
  readonly threads: number | undefined;
}

/**
 * The scorer for a model and the schema that it carries.
 *
 * @throws ShapeError, FileFormatError when they do not belong together
 */
export function scorerFor(
  model: Sequential | Autoencoder,
  schema: TableSchema | IdxSchema,
  options: ScorerOptions,
): Scorer {
  requireInputs(model, schema, options.path);
  if (model.kind === 'autoencoder') return autoencoderScorer(model, schema, options);
  const outputs = model.outputSize;
  if (schema.kind === 'idx') {
    return classScorer(model, requireClasses(schema.classes, outputs, options.path), options);
  }
  const { target } = schema;
  if (target?.type === 'number' && outputs === 1) return numberScorer(model, target, options);
  const classes = target?.type === 'classes' ? target.classes : null;
  return classScorer(model, requireClasses(classes, outputs, options.path), options);
}

function classScorer(
  model: Sequential,
  classes: readonly string[],
  { threads }: ScorerOptions,
): Scorer {
  return {
    columns: ['prediction', ...classes.map((name) => `probability_${name}`)],
    async score(inputs) {
      const { values, rows, columns } = await model.predict(inputs, { threads });
      return Array.from({ length: rows }, (_, row) => {
        const probabilities = values.subarray(row * columns, (row + 1) * columns);
        const best = classes[indexOfLargest(probabilities)] ?? '';
        return [best, ...Array.from(probabilities, (share) => numberField(share))];
      });
    },
  };
}

function numberScorer(
  model: Sequential,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
  { threads }: ScorerOptions,
): Scorer {
  return {
    columns: ['prediction'],
    async score(inputs) {
      const { values } = await model.predict(inputs, { threads });
      return Array.from(values, (value) => [numberField(value * deviation + mean, deviation)]);
    },
  };
}

function autoencoderScorer(
  model: Autoencoder,
  schema: TableSchema | IdxSchema,
  options: ScorerOptions,
): Scorer {
  if (schema.kind === 'table') model.columns = inputColumnsOf(schema);
  const detector = model.anomalyDetector;
  if (schema.kind === 'table' && detector?.errors === 'relative') {
    return detectorScorer(model, detector, schema, options);
  }
  const worst = schema.kind === 'table' ? worstColumns(model) : worstPixels(model, schema);
  const threshold = detector?.threshold;
  return {
    columns: [
      'reconstruction_error',
      schema.kind === 'table' ? 'worst_column' : 'worst_pixel',
      ...(threshold === undefined ? [] : ['anomaly']),
    ],
    async score(inputs) {
      const { threads } = options;
      const errors = await model.score(inputs, { threads });
      const places = await worst(inputs, threads);
      return Array.from(errors, (error, row) => [
        numberField(error),
        places[row] ?? '',
        ...(threshold === undefined ? [] : [error > threshold ? '1' : '0']),
      ]);
    },
  };
}

/** What a detector says that judges by the columns of the table. */
function detectorScorer(
  model: Autoencoder,
  detector: Detector,
  { columns }: TableSchema,
  { threads }: ScorerOptions,
): Scorer {
  const fieldOf = (index: number, inputs: Float32Array): string => {
    const column = columns[index];
    const value = column === undefined ? null : decodeColumn(column, inputs);
    if (typeof value !== 'number') return value ?? '';
    return numberField(value, column?.type === 'number' ? column.deviation : undefined);
  };
  return {
    columns: [
      'reconstruction_error',
      ...['worst_column', 'worst_value', 'expected_value', 'anomaly_score', 'anomaly'],
    ],
    async score(inputs) {
      const errors = await model.score(inputs, { threads });
      const asked = { columns: 1, explain: 'all', threads } as const;
      const detections = await detector.detectAs(inputs, asked, fieldOf);
      return detections.map(({ score, anomaly, columns: [worst] }, row) => [
        numberField(errors[row] ?? 0),
        worst?.name ?? '',
        String(worst?.value ?? ''),
        String(worst?.expected ?? ''),
        numberField(score),
        anomaly ? '1' : '0',
      ]);
    },
  };
}

/** Where each row fails most. */
type WorstPlaces = (inputs: MatrixInput, threads: number | undefined) => Promise<string[]>;

/** The column that `explain` of the model names first. */
function worstColumns(model: Autoencoder): WorstPlaces {
  return async (inputs, threads) => {
    const explained = await model.explainRows(inputs, 1, { threads });
    return explained.map(([worst]) => worst?.column ?? '');
  };
}

/** `14:7` for row 14 and column 7 of an image, from 0: the pixel with the largest error. */
function worstPixels(model: Autoencoder, { shape }: IdxSchema): WorstPlaces {
  return async (inputs, threads) => {
    const { columns } = inputs;
    const { rows, values } = await model.reconstructionErrors(inputs, { matrix: true, threads });
    return Array.from({ length: rows }, (_, row) => {
      const errors = values.subarray(row * columns, (row + 1) * columns);
      return placeInItem(indexOfLargest(errors), shape).join(':');
    });
  };
}

/** The first of the largest values. */
export function indexOfLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  }
  return best;
}

function requireInputs(
  model: Sequential | Autoencoder,
  schema: TableSchema | IdxSchema,
  path: string,
): void {
  const inputs =
    schema.kind === 'table'
      ? encodedWidth(schema)
      : schema.shape.reduce((size, side) => size * side, 1);
  if (inputs === model.inputSize) return;
  throw new ShapeError({
    path,
    expected: `a schema for the ${model.inputSize} inputs of the network`,
    received: `one for ${inputs}`,
    remedy: 'The annotations of the model do not belong to it: train it again.',
  });
}

function requireClasses(
  classes: readonly string[] | null,
  outputs: number,
  path: string,
): readonly string[] {
  if (classes?.length === outputs) return classes;
  throw new FileFormatError({
    path,
    expected: `a name for each of the ${outputs} outputs of the network`,
    received: classes === null ? 'none' : `${classes.length} classes`,
    remedy: 'The annotations of the model do not belong to it: train it again.',
  });
}
