import type { ReportData, Section } from '../../lib/report/reportData.js';

/** A report with every kind of section, whose names come from somebody with bad intentions. */

/** Ends a script, closes a comment, and would run where it were read as HTML. */
export const hostile = '</script><img src=x onerror="window.hacked=1"><!--';

const judged = { rows: 3, from: 'file', file: `${hostile}.csv` } as const;
const histogram = { from: 0, to: 4, counts: [1, 2, 0, 3], below: 0, above: 2 };
const values = [
  { name: hostile, value: hostile },
  { name: '온도', value: 21.5 },
];
const curves = {
  rocAuc: 0.9,
  prAuc: 0.8,
  roc: [
    [0, 0],
    [0.2, 0.9],
    [1, 1],
  ],
  pr: [
    [0, 1],
    [1, 0.5],
  ],
} as const;

export const sections = {
  curves: {
    type: 'curves',
    networks: [
      {
        ...{
          member: null,
          counted: 'networks',
          refit: false,
          trained: 4,
          bestEpoch: 3,
          epochs: [1, 2, 3, 4],
        },
        measures: [
          { name: 'loss', training: [1, 0.5, 0.3, 0.25], validation: [1.1, 0.6, 0.4, null] },
          { name: hostile, training: [0.1, 0.5, 0.7, 0.8], validation: null },
        ],
        learningRate: [0.1, 0.1, 0.01, 0.01],
      },
    ],
  },
  classes: {
    ...{ type: 'classes', judged, target: hostile },
    ...{ accuracy: 0.9, logLoss: 0.3, calibrationError: 0.05 },
    classes: [hostile, '고양이', 'c'].map((name) => ({
      ...{ name, precision: 0.9, recall: 0.8, f1: 0.85, support: 10, curves },
    })),
    confusion: [
      [8, 1, 1],
      [0, 10, 0],
      [2, 0, 8],
    ],
    calibration: [
      { from: 0, to: 0.5, rows: 0, said: 0, true: 0 },
      { from: 0.5, to: 1, rows: 30, said: 0.8, true: 0.85 },
    ],
    worst: [{ place: 7, values, actual: hostile, predicted: '고양이', probability: 0.01 }],
  },
  numbers: {
    ...{ type: 'numbers', judged, target: hostile },
    ...{ r2: 0.9, rootMeanSquaredError: 1.5, meanAbsoluteError: 1.2 },
    points: [
      [1, 1.2],
      [2, 1.8],
      [3, 3.5],
    ],
    residuals: histogram,
    worst: [{ place: null, values, actual: 3, predicted: 3.5 }],
  },
  anomalies: {
    ...{ type: 'anomalies', judged, meanScore: 1, threshold: 3, anomalies: 2 },
    scores: histogram,
    found: {
      ...{ column: hostile, wrong: 2, wrongScores: histogram, curves },
      ...{ precision: 0.5, recall: 1 },
    },
    worst: [
      {
        ...{ place: 2, values, score: 9, wrong: true },
        columns: [{ name: hostile, share: 0.9, value: hostile, expected: 4 }],
      },
    ],
  },
  importance: {
    ...{ type: 'importance', judged },
    columns: [
      { name: hostile, importance: 0.4, spread: 0.1 },
      { name: '온도', importance: -0.01, spread: 0.02 },
    ],
  },
  layers: {
    ...{ type: 'layers', networks: 2 },
    layers: [
      {
        ...{ name: '0', type: 'dense', activation: 'relu', inputs: 2, outputs: 3, parameters: 9 },
        tensors: [{ name: hostile, shape: [3, 2], mean: 0, deviation: 1, values: histogram }],
        ...{ outputsMean: 0.1, outputsDeviation: 0.2, deadUnits: 0, updateRatio: null },
      },
    ],
  },
  study: {
    ...{ type: 'study', direction: 'minimize', best: 1 },
    parameters: [
      { name: 'learningRate', log: true, choices: null },
      { name: hostile, log: false, choices: [hostile, 'tanh'] },
    ],
    trials: [
      {
        ...{ number: 0, state: 'complete', value: 0.5, last: 0.5, values: [0.1, hostile] },
        ...{ startedAt: 1000, finishedAt: 3000 },
      },
      {
        ...{ number: 1, state: 'complete', value: 0.2, last: 0.2, values: [0.001, 'tanh'] },
        ...{ startedAt: 1500, finishedAt: 4000 },
      },
      {
        ...{ number: 2, state: 'running', value: null, last: 0.4, values: [0.01, null] },
        ...{ startedAt: 3500, finishedAt: null },
      },
    ],
    importance: [{ name: 'learningRate', importance: 0.7, deviation: 0.1 }],
  },
} as const satisfies { readonly [Type in Section['type']]: Extract<Section, { type: Type }> };

export function sampleReport(language: ReportData['language'] = 'en'): ReportData {
  return {
    ...{ language, title: hostile, subject: 'training', version: '1.2.3' },
    createdAt: '2026-01-02T03:04:05.000Z',
    facts: [
      { name: 'data', value: `${hostile}.csv` },
      { name: 'task', value: 'classification' },
      { name: 'parameters', value: 12_345 },
      { name: 'loss', value: null },
    ],
    sections: Object.values(sections),
    live: null,
  };
}
