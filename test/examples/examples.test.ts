/** Compiles the examples as they are documented and runs each, the demo on a small part of MNIST. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, root, run } from './compile.js';
import { testService } from './service.js';

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

const runExample = (...words: string[]) => run(join(root, 'scripts/run-example.mjs'), root, words);
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

  test('are listed by the command without a name, and in the README', () => {
    const listed = runExample();
    expect(listed.code).toBe(0);
    const names = [...Object.keys(outputs), 'demo', 'facts', 'queue', 'service'].sort();
    const lines = [...listed.stdout.matchAll(/^ {2}(\S+) +\S.*\.$/gm)];
    expect(lines.map(([, name]) => name)).toEqual(names);
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| \[`(\S+)`\]\(examples/gm)];
    expect(rows.map(([, name]) => name)).toEqual(names);
  });

  test('are run by their names', () => {
    expect(runExample('xor')).toMatchObject({ code: 0, stdout: expect.stringMatching(/1 xor 0/) });
    expect(runExample('xzor')).toMatchObject({
      code: 2,
      all: expect.stringMatching(/no example 'xzor'; there are csv-anomaly, demo, .*xor/),
    });
  });

  test('the facts by name change nothing in the clone', () => {
    const page = join(root, 'docs/published-facts.md');
    const before = statSync(page).mtimeMs;
    const facts = (...words: string[]) => run(join(compiled, 'facts/main.js'), root, words);
    const unknown = facts('nothing');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.all).toMatch(/no fact nothing.*\n {2}backpropagation +\S/);
    expect(facts('--list').stdout).toMatch(/^ {2}backpropagation +\S/);
    expect(facts('backpropagation', '--quick')).toMatchObject({ code: 0 });
    expect(facts('--quick', '--write')).toMatchObject({ code: 2 });
    expect(statSync(page).mtimeMs).toBe(before);
  });

  const takesTypes = Reflect.get(process.features, 'typescript') === 'strip';

  test.runIf(takesTypes)('run as they are where Node takes types', () => {
    expect(run(join(root, 'examples/csv-anomaly.ts'), folder).code).toBe(0);
  });

  describe('the service', () => testService(join(compiled, 'service/main.js')));

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
      'report.html',
    ]);
  }, 120_000);
});
