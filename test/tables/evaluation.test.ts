import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dense, type Sequential, sequential } from '../../lib/index.js';
import { AnomalyTally, ClassTally, NumberTally } from '../../lib/tables/evaluation.js';
import { inferSchema, tableModel } from '../../lib/tables/index.js';
import { TablePredictions } from '../../lib/tables/predictions.js';
import { TableModel } from '../../lib/tables/tableModel.js';

describe('the report of classes', () => {
  // y_true = [0, 1, 2, 2, 2], y_pred = [0, 0, 2, 2, 1]: the example of scikit-learn's classification_report.
  const names = ['class 0', 'class 1', 'class 2'];
  const tally = new ClassTally(names);
  const predictions = [0, 0, 2, 2, 1].map((kind) => names[kind] as string);
  const values = Float32Array.of(
    0.8,
    0.1,
    0.1,
    0.6,
    0.2,
    0.2,
    0,
    0,
    1,
    0.25,
    0.25,
    0.5,
    0,
    0.5,
    0.5,
  );
  tally.add(
    new TablePredictions({
      predictions,
      classes: names,
      probabilities: { values, rows: 5, columns: 3 },
    }),
    [0, 1, 2, 2, 2],
  );
  const report = tally.result();

  test('is that of scikit-learn', () => {
    const rounded = report.classes.map(({ precision, recall, f1, support }) =>
      [precision, recall, f1].map((score) => Number(score.toFixed(2))).concat(support),
    );
    expect(rounded).toEqual([
      [0.5, 1, 0.67, 1],
      [0, 0, 0, 1],
      [1, 0.67, 0.8, 3],
    ]);
    expect(report.accuracy).toBeCloseTo(0.6, 10);
    expect(report.macro.precision).toBeCloseTo(0.5, 10);
    expect(report.macro.recall).toBeCloseTo(0.5556, 4);
    expect(report.macro.f1).toBeCloseTo(0.4889, 4);
    expect(report.weighted.precision).toBeCloseTo(0.7, 10);
    expect(report.weighted.recall).toBeCloseTo(0.6, 10);
    expect(report.weighted.f1).toBeCloseTo(0.6133, 4);
    expect(report.weighted.support).toBe(5);
  });

  test('has the confusion matrix and the cross-entropy', () => {
    expect(report.confusion).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [0, 1, 2],
    ]);
    const shares = [0.8, 0.2, 1, 0.5, 0.5];
    const loss = shares.reduce((sum, share) => sum - Math.log(share), 0) / 5;
    expect(report.logLoss).toBeCloseTo(loss, 6);
  });

  test('has no matrix that nobody could look through', () => {
    const many = Array.from({ length: 2000 }, (_, kind) => String(kind));
    const large = new ClassTally(many);
    large.add(new TablePredictions({ predictions: ['7'] }), [7]);
    expect(large.result()).toMatchObject({ confusion: null, accuracy: 1 });
  });
});

test('numbers are measured as scikit-learn measures them', () => {
  // r2_score([3, -0.5, 2, 7], [2.5, 0.0, 2, 8]) is 0.948…, with errors of 0.375 (squared) and 0.5 (absolute).
  const tally = new NumberTally('y');
  tally.add(new TablePredictions({ predictions: Float64Array.of(2.5, 0) }), [3, -0.5]);
  tally.add(new TablePredictions({ predictions: Float64Array.of(2, 8) }), [2, 7]);
  const { r2, rootMeanSquaredError, meanAbsoluteError, rows } = tally.result();
  expect(r2).toBeCloseTo(0.9486, 4);
  expect(rootMeanSquaredError).toBeCloseTo(Math.sqrt(0.375), 10);
  expect([meanAbsoluteError, rows]).toEqual([0.5, 4]);
});

test('scores are measured by how they tell wrong rows from others', () => {
  const tally = new AnomalyTally();
  const predictions = Float64Array.of(0.1, 0.4, 0.35, 0.8);
  tally.add(new TablePredictions({ predictions, threshold: 0.37 }), [false, false, true, true]);
  const { found, anomalies } = tally.result();
  // roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) is 0.75.
  expect(found).toMatchObject({ wrong: 2, rocAuc: 0.75, precision: 0.5, recall: 0.5 });
  expect(anomalies).toBe(2);
});

describe('a model is measured by a table', () => {
  const schema = {
    kind: 'table',
    header: true,
    columns: [{ name: 'x', type: 'number', mean: 0, deviation: 1, missingIndicator: false }],
    target: { name: 'y', type: 'number', mean: 10, deviation: 2 },
  } as const;
  const identity = (): Sequential => {
    const network = sequential([dense(1)], { inputSize: 1 });
    network.setParameter('0.weight', [1]);
    network.setParameter('0.bias', [0]);
    return network;
  };
  const model = new TableModel({ schema, networks: [identity()] });

  test('in the unit of its target, without rows of which the truth is missing', async () => {
    const measured = await model.evaluate([
      { x: 0, y: 10, other: 'a' },
      { x: 1, y: 13, other: 'b' },
      { x: 5, y: null, other: 'c' },
    ]);
    expect(measured).toMatchObject({ task: 'regression', rows: 2, meanAbsoluteError: 0.5 });
    expect(measured).toMatchObject({ droppedRows: 1, unknownTexts: 0, notices: [] });
  });

  test('with what was noticed of a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-evaluation-'));
    const path = join(folder, 'odd.csv');
    await writeFile(path, 'x,y\n0,10\n,\n1,13\n');
    const { rows, notices } = await model.evaluate(path);
    expect({ rows, notices }).toEqual({ rows: 2, notices: [expect.stringContaining('Line 3')] });
    await rm(folder, { recursive: true });
  });

  test.each([
    [[{ x: 1 }], "the column 'y'"],
    [[{ x: 1, y: 'much' }], 'rows[0]: expected a finite number'],
    [[{ x: 1, y: null }], 'at least one row'],
    [[{ y: 1 }], 'the columns that the model was trained on'],
  ])('but not by %o', async (rows, message) => {
    await expect(model.evaluate(rows as never)).rejects.toThrow(message);
  });
});

test('the schema of a table is told without training', async () => {
  const rows = Array.from({ length: 1200 }, (_, row) => ({
    month: row % 12,
    shop: `shop ${row % 300}`,
    x: row / 7,
    y: row % 2 ? 'a' : 'b',
  }));
  const {
    schema,
    task,
    rows: count,
  } = await inferSchema(rows, {
    target: 'y',
    categorical: ['month'],
  });
  expect([task, count]).toEqual(['classification', 1200]);
  expect(schema.columns.map(({ name, type }) => [name, type])).toEqual([
    ['month', 'embedded'],
    ['shop', 'embedded'],
    ['x', 'number'],
  ]);
  const model = tableModel({ target: 'y', categorical: ['month'] });
  await model.fit(rows, { epochs: 1, validation: 0 });
  expect(schema).toEqual(model.schema);
  await expect(inferSchema(rows, { target: 'z' })).rejects.toThrow('target: expected a column');
});
