import * as lw from 'layerwise';
import { digits, images, random, save } from 'layerwise/course';

const training = await digits(1500);
const { images: test } = await digits(300, { test: true });
console.log('digits:', training.source);
const options = { epochs: 12, optimizer: lw.adam({ learningRate: 0.003 }) };

// Three autoencoders with more hidden units than inputs.
const size = { inputSize: 196, code: 256, codeActivation: 'sigmoid', seed: 1 };
const models = {
  plain: lw.autoencoder(size),
  sparse: lw.sparseAutoencoder({ ...size, sparsity: lw.activityPenalty({ klWeight: 0.001 }) }),
  denoising: lw.denoisingAutoencoder({ ...size, corruption: lw.maskingNoise({ rate: 0.3 }) }),
};
// 30 % of the ink of the test images is taken away.
const numbers = random(1);
const damaged = { ...test, values: test.values.map((ink) => (numbers.uniform() < 0.3 ? 0 : ink)) };
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const error = ({ values }) => mean(values.map((ink, at) => (ink - test.values[at]) ** 2));
console.log('error of the damaged digits:', error(damaged).toFixed(3));
const rows = { damaged };
console.log('           mean activation   error of the repaired digits');
for (const [name, model] of Object.entries(models)) {
  await model.fit(training.images, options);
  rows[name] = await model.reconstruct(damaged);
  const active = mean((await model.encode(test)).values).toFixed(2);
  const left = error(rows[name]).toFixed(3);
  console.log(`${name.padEnd(10)} ${active.padStart(15)} ${left.padStart(30)}`);
}

// Stacked: first one layer after the other, then all of them together.
const stacked = lw.stackedAutoencoder({ inputSize: 196, layers: [96, 32], seed: 1 });
await stacked.pretrain(training.images, options);
console.log('stacked, layer by layer: error', (await stacked.evaluate(test)).loss.toFixed(3));
await stacked.fit(training.images, options);
console.log('stacked, then together:  error', (await stacked.evaluate(test)).loss.toFixed(3));
await save(images({ title: 'Repaired digits', rows }), 'course-4-overcomplete.svg');
