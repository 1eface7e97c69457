import type { Detector } from '../../autoencoders/detector.js';
import type { CellBatch } from '../../data/cells.js';
import { ColumnPlaces } from '../../data/columnNames.js';
import { numberField } from '../../data/csvWriter.js';
import { type IdxSchema, placeInItem } from '../../data/idxSchema.js';
import type { MatrixInput } from '../../data/matrix.js';
import { decodeColumn, type TableSchema } from '../../data/tableSchema.js';
import { FileFormatError, ShapeError } from '../../errors.js';
import type { Autoencoder, Sequential } from '../../index.js';
import { indexOfLargest, type TablePredictions } from '../../tables/predictions.js';
import type { TableModel } from '../../tables/tableModel.js';
import { batchScores } from '../../tables/tableResiduals.js';
import type { ScoringPlace, TableScorer } from '../../tables/tableScorer.js';

/** A field that `predict` appends, and what it holds. */
export interface ScoredColumn {
  readonly name: string;
  readonly type: 'text' | 'number' | 'integer';
}

/** What a model says about rows, as the fields that `predict` appends to them. */
export interface Scorer<Rows> {
  readonly columns: readonly ScoredColumn[];
  /** The fields of every row. */
  score(rows: Rows): Promise<string[][]>;
}

const anomalyColumn: ScoredColumn = { name: 'anomaly', type: 'integer' };

function numbers(...names: readonly string[]): ScoredColumn[] {
  return names.map((name) => ({ name, type: 'number' }));
}

function texts(...names: readonly string[]): ScoredColumn[] {
  return names.map((name) => ({ name, type: 'text' }));
}

function probabilitiesOf(classes: readonly string[]): ScoredColumn[] {
  return numbers(...classes.map((name) => `probability_${name}`));
}

export interface ScorerOptions {
  /** How errors call the model. */
  readonly path: string;
  readonly threads: number | undefined;
}

/**
 * The scorer for the rows of a table.
 *
 * @param rows that the model makes of them
 * @param place of the table
 */
export function tableScorer(
  model: TableModel,
  rows: TableScorer,
  place: Pick<ScoringPlace, 'columns' | 'path'>,
  options: ScorerOptions,
): Scorer<CellBatch> {
  const { schema, members } = model;
  const [first] = members;
  if (first.kind === 'autoencoder') {
    const { columns, score } = autoencoderScorer(first, schema, options);
    return { columns, score: (batch) => score(rows.encode(batch)) };
  }
  const { target } = schema;
  const { threads } = options;
  const classes = target?.type === 'classes' ? target.classes : [];
  const spread = target?.type === 'number' ? target.deviation : undefined;
  const { residuals } = model;
  const ends = model.hasIntervals ? ['lower', 'upper'] : [];
  const hasTarget = new ColumnPlaces(place.columns).of(target?.name ?? '') !== undefined;
  if (target?.type === 'number' && residuals !== undefined && hasTarget) {
    const scoresOf = batchScores(schema, target, residuals, place);
    return {
      columns: [...numbers('prediction', ...ends, 'anomaly_score'), anomalyColumn],
      async score(batch) {
        const said = await rows.score(batch, { threads });
        const predictions = Float64Array.from<string | number>(said.predictions, Number);
        const fields = fieldsOf(said, spread);
        return Array.from(scoresOf(batch, predictions), (score, row) => [
          ...(fields[row] ?? []),
          Number.isNaN(score) ? '' : numberField(score),
          score > residuals.threshold ? '1' : '0',
        ]);
      },
    };
  }
  return {
    columns: [
      { name: 'prediction', type: target?.type === 'number' ? 'number' : 'text' },
      ...numbers(...ends),
      ...probabilitiesOf(classes),
    ],
    score: async (batch) => fieldsOf(await rows.score(batch, { threads }), spread),
  };
}

function fieldsOf(
  { predictions, probabilities, lower, upper }: TablePredictions,
  spread: number | undefined,
): string[][] {
  return Array.from<string | number, string[]>(predictions, (prediction, row) => {
    if (probabilities === null) {
      const ends = [lower?.[row], upper?.[row]].filter((end) => end !== undefined);
      return [Number(prediction), ...ends].map((number) => numberField(number, spread));
    }
    return [String(prediction), ...sharesOf(probabilities, row)];
  });
}

function sharesOf(
  { values, columns }: Pick<MatrixInput, 'values' | 'columns'>,
  row: number,
): string[] {
  const shares = values.subarray(row * columns, (row + 1) * columns);
  return Array.from(shares, (share) => numberField(share));
}

/**
 * The scorer for a model of images and the schema that it carries.
 *
 * @throws ShapeError, FileFormatError when they do not belong together
 */
export function imageScorer(
  model: Sequential | Autoencoder,
  schema: IdxSchema,
  options: ScorerOptions,
): Scorer<MatrixInput> {
  requireInputs(model, schema, options.path);
  if (model.kind === 'autoencoder') return autoencoderScorer(model, schema, options);
  const classes = requireClasses(schema.classes, model.outputSize, options.path);
  const { threads } = options;
  return {
    columns: [{ name: 'prediction', type: 'text' }, ...probabilitiesOf(classes)],
    async score(inputs) {
      const outputs = await model.predict(inputs, { threads });
      const { values, rows, columns } = outputs;
      return Array.from({ length: rows }, (_, row) => {
        const own = values.subarray(row * columns, (row + 1) * columns);
        return [classes[indexOfLargest(own)] ?? '', ...sharesOf(outputs, row)];
      });
    },
  };
}

function autoencoderScorer(
  model: Autoencoder,
  schema: TableSchema | IdxSchema,
  options: ScorerOptions,
): Scorer<MatrixInput> {
  const detector = model.anomalyDetector;
  if (schema.kind === 'table' && detector?.errors === 'relative') {
    return detectorScorer(model, detector, schema, options);
  }
  const worst = schema.kind === 'table' ? worstColumns(model) : worstPixels(model, schema);
  const threshold = detector?.threshold;
  return {
    columns: [
      ...numbers('reconstruction_error'),
      ...texts(schema.kind === 'table' ? 'worst_column' : 'worst_pixel'),
      ...(threshold === undefined ? [] : [anomalyColumn]),
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
): Scorer<MatrixInput> {
  const fieldOf = (index: number, inputs: Float32Array): string => {
    const column = columns[index];
    const value = column === undefined ? null : decodeColumn(column, inputs);
    if (typeof value !== 'number') return value ?? '';
    return numberField(value, column?.type === 'number' ? column.deviation : undefined);
  };
  return {
    columns: [
      ...numbers('reconstruction_error'),
      // Values of columns of all kinds.
      ...texts('worst_column', 'worst_value', 'expected_value'),
      ...numbers('anomaly_score'),
      anomalyColumn,
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

function requireInputs(model: Sequential | Autoencoder, { shape }: IdxSchema, path: string): void {
  const inputs = shape.reduce((size, side) => size * side, 1);
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
