import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { info } from 'layerwise';
import { report } from 'layerwise/report';
import { readMnist } from '../shared/mnist.ts';
import { trainClassifier } from './classifier.ts';
import { trainAutoencoder } from './imageAutoencoder.ts';
import { lossCurves } from './pictures/lossCurves.ts';
import { examplesOf, reconstructionGrid } from './pictures/reconstructions.ts';
import { saveAndReload } from './reload.ts';
import { printSummary } from './summary.ts';

/**
 * The way from real data to saved and reloaded models: a classifier and an autoencoder on MNIST.
 *
 *   npm run demo                                        the whole of it
 *   npm run demo -- --rows 2000 --accuracy 0.8          a quick look
 *   npm run demo -- --out FOLDER                        another folder than demo-output
 */

const started = performance.now();
const { values: options } = parseArgs({
  options: {
    /** Images to train on. */
    rows: { type: 'string', default: '55000' },
    /** Share of right answers on the test images below which the demo fails. */
    accuracy: { type: 'string', default: '0.98' },
    out: { type: 'string', default: 'demo-output' },
  },
});
const needed = Number(options.accuracy);

const { instructionSet, threads } = info();
console.log(`layerwise on ${instructionSet}, ${threads} threads`);
const mnist = await readMnist(Number(options.rows), 5000);
console.log(
  `MNIST: ${mnist.training.targets.length} images to train on, ` +
    `${mnist.validation.targets.length} to watch the training, ` +
    `${mnist.test.targets.length} to test\n`,
);

const classifier = await trainClassifier(mnist);
const autoencoder = await trainAutoencoder(mnist);

await mkdir(options.out, { recursive: true });
const reload = await saveAndReload(classifier.model, autoencoder.model, mnist.test, options.out);

const { values: reconstructed } = await autoencoder.model.reconstruct(mnist.test.inputs);
const gridFile = join(options.out, 'reconstructions.png');
const title = '784 grey levels, kept as 32 numbers, and back';
const examples = examplesOf(mnist.test);
const grid = reconstructionGrid(examples, mnist.test, reconstructed, title);
await writeFile(gridFile, grid);

const curvesFile = join(options.out, 'loss-curves.png');
const curves = lossCurves([
  { title: 'Classifier', loss: 'cross-entropy', training: classifier.training },
  { title: 'Autoencoder', loss: 'mean squared error', training: autoencoder.training },
]);
await writeFile(curvesFile, curves);

const reportFile = join(options.out, 'report.html');
await report(reportFile, {
  title: 'The digits of MNIST',
  model: classifier.model,
  history: classifier.training.histories,
  data: mnist.test,
});

const isAccurate = classifier.accuracy >= needed;
printSummary({
  classifier,
  autoencoder,
  needed,
  reload,
  files: [...reload.files, gridFile, curvesFile, reportFile].map((file) => relative('.', file)),
  seconds: (performance.now() - started) / 1000,
});
if (!isAccurate || reload.different > 0) process.exitCode = 1;
