import { describe, expect, test } from 'vitest';
import { autoencoder, customLoss, dense, sequential, type TrainingStart } from '../../lib/index.js';

const rows = { inputs: [[0], [1], [2], [3]], targets: [0, 1, 2, 3] };
const newModel = () => sequential([dense(1)], { inputSize: 1, seed: 3 });

describe('what listeners are told of the start', () => {
  test('has the options that the training goes by', async () => {
    const starts: TrainingStart[] = [];
    const listeners = [{ onStart: (start: TrainingStart) => starts.push(start) }];
    await newModel().fit(rows, { epochs: 2, optimizer: 'sgd', validation: 0.5, listeners });
    await newModel().fit(rows, { epochs: 2, validation: { data: rows }, listeners });
    const loss = customLoss(() => ({ loss: 0, gradient: new Float32Array(1) }));
    await newModel()
      .fit(rows, { epochs: 1, loss, batchSize: 1, listeners })
      .catch(() => {});
    const [split, heldOut, custom] = starts.map(({ options }) => options);
    expect(split).toMatchObject({
      ...{ epochs: 2, batchSize: 2, seed: 3, shuffle: true, validation: { split: 0.5 } },
      ...{ loss: { type: 'meanSquaredError' }, schedule: { type: 'constant' } },
      optimizer: { type: 'sgd', learningRate: 0.01 },
    });
    expect(heldOut).not.toHaveProperty('validation');
    expect(custom).not.toHaveProperty('loss');
    expect(JSON.parse(JSON.stringify(starts[0])).options).toEqual(split);
  });

  test('gives the weights of the epochs that have ended', async () => {
    const model = newModel();
    const first = model.getParameter('0.weight');
    const seen: Float32Array[] = [];
    let start: TrainingStart | undefined;
    const look = () => seen.push(start?.network.getParameter('0.weight') ?? new Float32Array());
    await model.fit(rows, {
      epochs: 1,
      listeners: [
        {
          onStart(told) {
            start = told;
          },
          onEnd: look,
        },
      ],
    });
    expect(start?.network).toMatchObject({ spec: model.spec, parameters: model.parameters });
    expect(seen).toEqual([model.getParameter('0.weight')]);
    expect(seen[0]).not.toEqual(first);
    expect(() => start?.network.getParameter('nothing')).toThrow('nothing');
  });

  test('has the pair of layers that a pre-training is at', async () => {
    const sizes: number[] = [];
    const model = autoencoder({ inputSize: 3, hidden: [2], code: 1, seed: 3 });
    const onStart = ({ network }: TrainingStart) => sizes.push(network.spec.inputSize);
    await model.pretrain([[1, 2, 3]], { epochs: 1, listeners: [{ onStart }] });
    expect(sizes).toEqual([3, 2]);
  });
});
