import { describe, expect, test } from 'vitest';
import {
  inTargetUnits,
  lossText,
  metricsInUnits,
  targetUnits,
} from '../../../lib/cli/train/units.js';
import type { TrainingData } from '../../../lib/cli/training/trainingData.js';
import type { TrainingEpochEvent } from '../../../lib/model/events.js';

const target = { name: 'price', type: 'number', mean: 100, deviation: 20 } as const;
const data = (task: string, schema: object) => ({ task, schema }) as unknown as TrainingData;
const regression = data('regression', { kind: 'table', columns: [], target });
const images = (valueType: string) => data('autoencoding', { kind: 'idx', valueType, shape: [2] });
const units = { name: 'price', deviation: 20 };

describe('units', () => {
  test('are those of the target of a regressor, and of nothing else', () => {
    expect(targetUnits(regression)).toMatchObject(units);
    const classes = { name: 'y', type: 'classes', classes: ['a', 'b'] };
    const schema = { kind: 'table', columns: [], target: classes };
    expect(targetUnits(data('classification', schema))).toBeNull();
    expect(targetUnits(images('uint8'))).toBeNull();
  });

  test('turn errors, and leave shares alone', () => {
    const metrics = {
      meanAbsoluteError: 0.5,
      rootMeanSquaredError: 1,
      meanSquaredError: 1,
      r2: 0.9,
    };
    expect(metricsInUnits(metrics, units)).toEqual({
      ...{ meanAbsoluteError: 10, rootMeanSquaredError: 20, meanSquaredError: 400, r2: 0.9 },
    });
    expect(metricsInUnits(metrics, null)).toEqual(metrics);
  });

  test('turn the metrics of an epoch and of its validation, and not its loss', () => {
    const validation = { loss: 0.3, metrics: { meanAbsoluteError: 0.25 } };
    const event = {
      ...{ type: 'epoch', epoch: 1, loss: 0.2, metrics: { meanAbsoluteError: 0.5 }, validation },
      ...{ learningRate: 0.1, seconds: 1, rowsPerSecond: 1 },
    } as unknown as TrainingEpochEvent;
    expect(inTargetUnits(event, units)).toEqual({
      ...event,
      metrics: { meanAbsoluteError: 10 },
      validation: { loss: 0.3, metrics: { meanAbsoluteError: 5 } },
    });
    expect(inTargetUnits(event, null)).toBe(event);
  });

  test.each([
    [regression, "in standard deviations of 'price' (1 is 20); other errors are in the unit of"],
    [data('classification', { kind: 'table' }), 'cross-entropy'],
    [images('uint8'), 'from 0 to 1'],
    [images('float32'), 'in standard deviations of each'],
  ])('are named of the loss', (given, text) => {
    expect(lossText(given)).toContain(text);
  });
});
