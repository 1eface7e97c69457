import type { Autoencoder } from '../../autoencoders/autoencoder.js';
import type { Matrix, MatrixInput } from '../../data/matrix.js';
import { decodeColumn, type TargetColumn } from '../../data/tableSchema.js';
import type { PredictOptions } from '../../model/fitOptions.js';
import type { Sequential } from '../../model/sequential.js';
import { membersOf } from '../../tables/members.js';
import { predictionsOf, scoresOf } from '../../tables/predictions.js';
import type { TableModel } from '../../tables/tableModel.js';
import type { JudgedModel } from './judged.js';

/** Models of all kinds, as they are judged. */

/** Columns that are named for each unusual row. */
const blamedColumns = 3;

export function judgedTableModel(model: TableModel, options: PredictOptions): JudgedModel {
  const { schema } = model;
  const members = membersOf(model.members, schema, 'model');
  const [network] = model.members;
  const { columns, target } = schema;
  return {
    ...{ target, columns },
    predict: (inputs) => members.predict(inputs, options),
    explain:
      network.kind === 'autoencoder'
        ? explainer(network, options, (index, inputs) => {
            const column = columns[index];
            return column === undefined ? null : decodeColumn(column, inputs);
          })
        : null,
  };
}

export function judgedAutoencoder(model: Autoencoder, options: PredictOptions): JudgedModel {
  return {
    ...{ target: null, columns: [] },
    async predict(inputs) {
      const detector = model.anomalyDetector;
      return scoresOf(await (detector ?? model).score(inputs, options), detector?.threshold);
    },
    explain: explainer(model, options, (_, inputs) =>
      inputs.length === 1 ? (inputs[0] ?? null) : Array.from(inputs),
    ),
  };
}

/** @param target what the outputs stand for */
export function judgedSequential(
  model: Sequential,
  target: TargetColumn,
  options: PredictOptions,
): JudgedModel {
  return {
    ...{ target, columns: [] },
    async predict(inputs) {
      const outputs = await model.predict(inputs, options);
      const isOfTwo = target.type === 'classes' && outputs.columns === 1;
      return predictionsOf(isOfTwo ? bothShares(outputs) : outputs, target);
    },
    explain: null,
  };
}

/** Of a single sigmoid, that of either class. */
function bothShares({ values, rows }: Matrix): Matrix {
  const both = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    const share = values[row] ?? 0;
    both[2 * row] = 1 - share;
    both[2 * row + 1] = share;
  }
  return { values: both, rows, columns: 2 };
}

type ReadValue = Parameters<NonNullable<Autoencoder['anomalyDetector']>['detectAs']>[2];

function explainer(
  model: Autoencoder,
  options: PredictOptions,
  readValue: ReadValue,
): JudgedModel['explain'] {
  const detector = model.anomalyDetector;
  if (detector === null) return null;
  return (inputs: MatrixInput) =>
    detector.detectAs(inputs, { ...options, explain: 'all', columns: blamedColumns }, readValue);
}
