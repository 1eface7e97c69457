import { adam, dense, sequential } from 'layerwise';

/** The smallest network that is worth the name: it learns when exactly one of two inputs is on. */

const inputs = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const targets = [0, 1, 1, 0];

const model = sequential([dense(8, { activation: 'tanh' }), dense(1, { activation: 'sigmoid' })], {
  inputSize: 2,
  seed: 7,
});
const history = await model.fit(
  { inputs, targets },
  { epochs: 500, optimizer: adam({ learningRate: 0.05 }) },
);
console.log(
  `loss after ${history.epochs.length} epochs: ${history.epochs.at(-1)?.loss.toFixed(5)}`,
);

const { values } = model.predictSync(inputs);
inputs.forEach((input, row) => {
  console.log(`${input.join(' xor ')} = ${values[row]?.toFixed(3)}`);
});
