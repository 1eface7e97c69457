import { dense, sequential, sgd } from 'layerwise';
import { lineChart, save } from 'layerwise/course';

// XOR: the answer is 1 when exactly one of the two inputs is 1.
const inputs = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1); // four rows of two
const answers = [0, 1, 1, 0];
const layers = [dense(4, { activation: 'sigmoid' }), dense(1, { activation: 'sigmoid' })];
const model = sequential(layers, { inputSize: 2, seed: 1 });
const trainer = model.trainer({ optimizer: sgd({ learningRate: 5 }), batchSize: 4 });

// The gradient of one weight by hand: from the first input to the first hidden unit.
const [{ outputs: hidden }] = await model.activations(inputs, { layers: [0] });
const [weight] = model.getParameter('2.weight'); // from that unit to the output
const partOfRow = (error, y, row) => {
  const [x, h] = [inputs[2 * row], hidden.values[4 * row]];
  return error * y * (1 - y) * weight * h * (1 - h) * x;
};

const losses = [];
for (let step = 1; step <= 1000; step++) {
  // Forward, from the inputs to the outputs; then the derivative of the mean squared error.
  const outputs = trainer.forward(inputs);
  const errors = outputs.map((y, row) => (2 * (y - answers[row])) / 4);
  losses.push(errors.reduce((sum, error) => sum + error ** 2, 0));
  // Back: through the layers, the last one first, the error leaves each weight its gradient.
  trainer.backward(errors);
  if (step === 1) {
    const parts = errors.map((error, row) => partOfRow(error, outputs[row], row));
    const byHand = parts.reduce((sum, part) => sum + part);
    console.log('gradient by hand:     ', byHand.toExponential(2));
    console.log('gradient by layerwise:', trainer.gradients()[0].values[0].toExponential(2));
  }
  trainer.step();
}
console.log(`loss: ${losses[0].toFixed(2)} at first, ${losses.at(-1).toFixed(2)} in the end`);
const given = Array.from(model.predictSync(inputs).values, (y) => y.toFixed(1));
console.log('answers:', given.join(', '));
const series = { loss: losses };
const picture = lineChart({ title: 'Learning XOR', x: 'step', y: 'loss', series });
await save(picture, 'course-1-backpropagation.svg');
