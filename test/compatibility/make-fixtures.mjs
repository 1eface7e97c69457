/**
 * Writes what a version of layerwise leaves on disk, with what it predicts from that: models of each
 * kind, models of the command line, and journals of studies. Each released version has its folder,
 * and every later version has to read it.
 *
 *   node test/compatibility/make-fixtures.mjs ROOT-OF-THE-PACKAGE FOLDER
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  imagesIdx,
  inputRows,
  labelsIdx,
  libraryModels,
  scoredModels,
  tableCsv,
} from './samples.mjs';

const [root, folder] = process.argv.slice(2).map((word) => path.resolve(word));
if (root === undefined || folder === undefined) {
  throw new Error('usage: make-fixtures.mjs ROOT-OF-THE-PACKAGE FOLDER');
}

/** Everything is trained with the set that every machine has. */
process.env.LAYERWISE_ISA = 'scalar';
/** @type {typeof import('layerwise')} */
const layerwise = await import(pathToFileURL(path.join(root, 'dist/index.js')).href);
/** @type {typeof import('layerwise/search')} */
const search = await import(pathToFileURL(path.join(root, 'dist/search/index.js')).href);

/** @param {string} name */
const at = (name) => path.join(folder, name);
/** @param {string} name @param {unknown} value */
const writeJson = (name, value) => writeFileSync(at(name), `${JSON.stringify(value, null, 1)}\n`);

async function saveModels() {
  const { activation, batchNorm, dense, dropout, layerNorm, maxout, prelu, residual } = layerwise;
  const inputs = inputRows(64);
  const classes = inputs.map(([a = 0, b = 0]) => (a + b > 0.4 ? 2 : a > 0 ? 1 : 0));
  const sums = inputs.map(([a = 0, , c = 0]) => [a - c]);

  const sequential = layerwise.sequential(
    [
      dense(8, { activation: { type: 'leakyRelu', slope: 0.2 } }),
      batchNorm(),
      dropout({ rate: 0.1 }),
      residual([dense(8), layerNorm(), activation('gelu')]),
      maxout(6, { pieces: 3 }),
      dense(5),
      prelu(),
      dense(3, { activation: 'softmax' }),
    ],
    { inputSize: 5, seed: 3 },
  );
  await sequential.fit({ inputs, targets: classes }, { epochs: 5 });
  sequential.annotations = { classes: ['low', 'middle', 'high'], note: 'é 각 𝄞' };
  await sequential.save(at('sequential.safetensors'));

  const several = layerwise.multiOutput(
    [dense(8, { activation: 'tanh' }), batchNorm()],
    { group: dense(3, { activation: 'softmax' }), size: dense(1) },
    { inputSize: 5, seed: 4 },
  );
  await several.fit({ inputs, targets: { group: classes, size: sums } }, { epochs: 5 });
  await several.save(at('multiOutput.safetensors'));

  const detector = layerwise.denoisingAutoencoder({
    inputSize: 5,
    hidden: [8],
    code: 2,
    activation: 'tanh',
    seed: 5,
  });
  await detector.fit(inputs, { epochs: 20 });
  detector.columns = ['speed', 'flow', 'pressure', 'power', 'temperature'];
  await detector.calibrate(inputs, { method: 'quantile', quantile: 0.9 });
  await detector.save(at('detector.safetensors'));

  const variational = layerwise.variationalAutoencoder({
    inputSize: 5,
    hidden: [6],
    code: 2,
    outputs: [{ columns: 3 }, { columns: 2, name: 'kind', activation: 'softmax' }],
    seed: 6,
  });
  const mixed = inputs.map(([a = 0, b = 0, c = 0]) => [a, b, c, Number(a > b), Number(a <= b)]);
  await variational.fit(mixed, { epochs: 5 });
  await variational.save(at('variational.safetensors'));
}

/** @param {string[]} words @param {string} [set] */
function run(words, set = 'scalar') {
  const program = path.join(root, 'dist/cli/main.js');
  const env = { ...process.env, LAYERWISE_ISA: set };
  execFileSync(process.execPath, [program, ...words], { cwd: folder, env, stdio: 'pipe' });
}

function saveModelsOfTheCommandLine() {
  writeFileSync(at('table.csv'), tableCsv(80));
  writeFileSync(at('images.idx'), imagesIdx(40));
  writeFileSync(at('labels.idx'), labelsIdx(40));
  const short = ['--epochs', '8', '--hidden', '8', '--seed', '7'];
  for (const { name, words, data } of scoredModels) {
    run(['train', data, ...words, ...short, '--out', `${name}.safetensors`]);
  }
}

function predict() {
  for (const set of layerwise.info().availableInstructionSets) {
    for (const { name, data } of scoredModels) {
      run(['predict', `${name}.safetensors`, data, '--out', `${name}.${set}.csv`], set);
    }
    const program = path.join(import.meta.dirname, 'predictions.mjs');
    const env = { ...process.env, LAYERWISE_ISA: set };
    for (const name of libraryModels) {
      const words = [program, root, at(`${name}.safetensors`)];
      const printed = execFileSync(process.execPath, words, { env, encoding: 'utf8' });
      writeFileSync(at(`${name}.${set}.json`), printed);
    }
  }
}

/** A study that was killed: of its trials one is not finished, and the last line is not whole. */
async function saveJournals() {
  const { choice, float, int, openStudy, randomSampler, readStudy, variants } = search;
  const journal = at('study.jsonl');
  const space = {
    rate: float(1e-4, 0.1, { log: true }),
    layers: int(1, 3),
    optimizer: variants({ adam: {}, sgd: { momentum: float(0, 0.9) } }),
    activation: choice(['relu', 'tanh']),
  };
  let clock = 1_700_000_000_000;
  const now = () => clock++;
  const study = await openStudy(journal, { space, seed: 11, sampler: randomSampler(), now });
  for (let number = 0; number < 6; number++) {
    const trial = study.ask();
    if (trial === null) throw new Error('the study has ended');
    trial.report(1, 1 / (number + 1));
    trial.setAttribute('note', { number });
    if (number === 5) break;
    if (number === 2) trial.prune();
    else if (number === 3) trial.fail(new Error('out of paper'));
    else trial.complete(number / 2);
  }
  study.close();
  const { trials, best } = await readStudy(journal);
  const killed = `${readFileSync(journal, 'utf8')}{"type":"reported","number":5,"st`;
  const again = await openStudy(journal, { space, seed: 11, sampler: randomSampler(), now });
  const next = again.ask();
  again.close();
  writeFileSync(journal, killed);
  writeJson('study.json', { trials, best: best?.number, next: next?.parameters });

  const words = ['search', 'table.csv', '--target', 'kind', '--trials', '3', '--epochs', '3'];
  run([...words, '--parallel', '1', '--study', 'search.jsonl', '--sampler', 'random']);
}

mkdirSync(folder, { recursive: true });
await saveModels();
saveModelsOfTheCommandLine();
predict();
await saveJournals();
