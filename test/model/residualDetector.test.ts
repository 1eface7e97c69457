import { expect, test } from 'vitest';
import { DataError, dense, load, matrix, StateError, sequential } from '../../lib/index.js';
import { temporaryFolder } from '../data/numberFiles.js';
import { randomNumbers } from './data.js';

/** Two outputs of unlike units, known but for noise: y0 = 2x, y1 = 1000x. */
function model() {
  const made = sequential([dense(2)], { inputSize: 1 });
  made.setParameter('0.weight', [2, 1000]);
  return made;
}

function rows(count: number, seed = 1) {
  const random = randomNumbers(seed);
  const inputs = Array.from({ length: count }, () => [random() * 4]);
  const targets = inputs.map(([x = 0]) => [
    2 * x + random() - 0.5,
    1000 * x + 100 * (random() - 0.5),
  ]);
  return { inputs, targets };
}

const rule = { method: 'contamination', contamination: 0.02 } as const;

test('a regressor tells which rows are far from what it says, and in which output', async () => {
  const detector = await model().detector(rows(500), rule);
  expect(detector).toMatchObject({ rule, rows: 500 });
  const own = Array.from(await detector.score(rows(500)));
  expect(own.filter((score) => score > detector.threshold)).toHaveLength(10);
  expect(own.reduce((sum, score) => sum + score, 0) / 500).toBeCloseTo(1, 0);
  const others = {
    inputs: [[1], [1], [2]],
    targets: [
      [2.1, 1010],
      [2.1, 1900],
      [6, 2000],
    ],
  };
  const [good, second, first] = await detector.detect(others, { columns: 1 });
  expect(good).toMatchObject({ anomaly: false, columns: [] });
  expect(second).toMatchObject({
    anomaly: true,
    columns: [{ name: '1', value: 1900, expected: 1000 }],
  });
  expect(first).toMatchObject({ anomaly: true, columns: [{ name: '0', value: 6, expected: 4 }] });
  expect(first?.columns[0]?.share).toBeGreaterThan(0.99);
  expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  const all = await detector.detect(others, { explain: 'all' });
  expect(all[0]?.columns.map(({ name }) => name).sort()).toEqual(['0', '1']);
});

test('takes targets in every form, and says what is wrong with them', async () => {
  const one = sequential([dense(1)], { inputSize: 1 });
  const { inputs, targets } = rows(50);
  const first = targets.map(([y = 0]) => y);
  const detector = await one.detector({ inputs, targets: first }, rule);
  const scores = await detector.score({ inputs, targets: Float64Array.from(first) });
  expect(
    await detector.score({ inputs, targets: matrix(Float64Array.from(first), 50, 1) }),
  ).toEqual(scores);
  const wrong = { inputs: [[1], [2]], targets: [1, Number.NaN] };
  const refusal = detector.score(wrong);
  await expect(refusal).rejects.toThrow(DataError);
  await expect(refusal).rejects.toThrow('targets[1]: expected a finite number, received NaN');
  await expect(one.detector(wrong, {} as never)).rejects.toThrow(
    'one of the methods contamination',
  );
  const classes = sequential([dense(2, { activation: 'softmax' })], { inputSize: 1 });
  await expect(classes.detector(rows(9), rule)).rejects.toThrow(StateError);
});

test('a perfect network of a constant has a threshold, too', async () => {
  const constant = sequential([dense(1)], { inputSize: 1 });
  constant.setParameter('0.weight', [0]);
  const data = { inputs: [[1], [2], [3]], targets: [0, 0, 0] };
  const detector = await constant.detector(data, { method: 'maximum' });
  expect(detector.threshold).toBe(0);
  const [, , off] = await detector.detect({ ...data, targets: [0, 0, 1] });
  expect(off).toMatchObject({ anomaly: true, columns: [{ value: 1, expected: 0 }] });
});

test('is saved with the model, and gone once the weights change', async () => {
  const { folder } = await temporaryFolder();
  const made = model();
  expect(made.anomalyDetector).toBeNull();
  const detector = await made.detector(rows(100), rule);
  const path = `${folder}/model.safetensors`;
  await made.save(path);
  const again = await load(path, 'sequential');
  expect(again.anomalyDetector).toMatchObject({ threshold: detector.threshold, rows: 100 });
  expect(await again.anomalyDetector?.score(rows(9, 2))).toEqual(await detector.score(rows(9, 2)));
  made.setParameter('0.weight', [2, 1001]);
  expect(made.anomalyDetector).toBeNull();
  await expect(detector.score(rows(9))).rejects.toThrow(StateError);
});
