/** Compiles the examples as they are documented and runs each, the demo on a small part of MNIST. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, root, run } from './compile.js';

const outputs: Readonly<Record<string, RegExp>> = {
  'csv-anomaly':
    /T05:30 .* pressure\n.*T13:00 .* flow\n.*T13:30 .* flow\n.*T20:00 .* temperature\n$/,
  'free-event-loop': /rows\/s\ntimer late by/,
  'hyper-parameter-search':
    /^\d+ trials complete, [1-9]\d* pruned\nthe best[\s\S]*right on (9\d|100)\.\d % of 30 flowers/,
  iris: /right on (9\d|100)\.\d % of 30 flowers/,
  'watch-and-stop': /^stopped after \d+ epochs/,
  xor: /0 xor 0 = 0\.0\d+\n0 xor 1 = (0\.9|1\.0)\d+\n1 xor 0 = (0\.9|1\.0)\d+\n1 xor 1 = 0\.0\d+/,
};

const compiled = join(root, '.compiled/examples');

describe('examples', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-examples-'));
    expect(compile('examples')).toMatchObject({ code: 0, all: '' });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(Object.entries(outputs))('%s', (name, output) => {
    // In another folder: an example finds its data wherever it is started.
    const outcome = run(join(compiled, `${name}.js`), folder);
    expect(outcome.all).toMatch(output);
    expect(outcome.code).toBe(0);
  });

  test('the demo on a few rows', () => {
    const words = ['--rows', '1000', '--accuracy', '0.8', '--out', folder];
    const outcome = run(join(compiled, 'demo/main.js'), root, words);
    expect(outcome.all).toMatch(/predictions identical, bit for bit/);
    expect(outcome.code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual([
      'autoencoder.safetensors',
      'classifier.safetensors',
      'loss-curves.png',
      'reconstructions.png',
    ]);
  }, 120_000);
});
