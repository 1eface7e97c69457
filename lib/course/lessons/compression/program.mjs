import { adam, autoencoder } from 'layerwise';
import { digits, images, random, save } from 'layerwise/course';

// Points near a line: one number can stand for two, if it says where on the line they are.
const numbers = random(1);
const points = Array.from({ length: 500 }, () => {
  const along = numbers.normal();
  return [2 * along + 0.2 * numbers.normal(), along + 0.2 * numbers.normal()];
});
const narrow = autoencoder({ inputSize: 2, code: 1, seed: 1 });
await narrow.fit(points, { epochs: 60, optimizer: adam({ learningRate: 0.02 }) });
const [dx, dy] = narrow.getParameter('1.weight'); // from the code to the two outputs
// The direction of largest variance, of points whose mean is about 0.
const sum = (f) => points.reduce((total, point) => total + f(point), 0);
const [xx, xy, yy] = [sum(([x]) => x * x), sum(([x, y]) => x * y), sum(([, y]) => y * y)];
const degrees = (angle) => Math.round((180 * angle) / Math.PI);
console.log('first principal component:', degrees(Math.atan2(2 * xy, xx - yy) / 2), 'degrees');
console.log('linear autoencoder:       ', degrees(Math.atan(dy / dx)), 'degrees');

// Digits of 14 by 14 pixels: 12 numbers stand for 196.
const training = await digits(1500);
const test = await digits(300, { test: true });
console.log('digits:', training.source);
const size = { inputSize: 196, code: 12, seed: 1 };
const models = {
  linear: autoencoder(size),
  deep: autoencoder({ ...size, hidden: [96], activation: 'relu' }),
};
const rows = { digits: test.images };
for (const [name, model] of Object.entries(models)) {
  await model.fit(training.images, { epochs: 20, optimizer: adam({ learningRate: 0.003 }) });
  const { loss } = await model.evaluate(test.images);
  console.log(`${name} autoencoder: mean squared error ${loss.toFixed(3)}`);
  rows[name] = await model.reconstruct(test.images);
}
await save(images({ title: 'Digits out of 12 numbers', rows }), 'course-3-compression.svg');
