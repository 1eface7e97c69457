import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { deprecationCodes } from '../lib/deprecation.js';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program over the built package, with a value of LAYERWISE_THREADS that is deprecated. */
function run(program: string, { flags = [], threads = 'two' }: Partial<Settings> = {}): Outcome {
  const entry = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
  const words = [...flags, '--input-type=module', '-e', `const entry = ${entry};\n${program}`];
  const { NODE_OPTIONS: _, ...environment } = process.env;
  return spawnSync(process.execPath, words, {
    cwd: root,
    env: { ...environment, LAYERWISE_THREADS: threads },
    encoding: 'utf8',
  });
}

interface Settings {
  readonly flags: readonly string[];
  readonly threads: string;
}

const useTwice = 'const { info } = await import(entry); info(); info(); console.log("went on");';
const warnings = /DeprecationWarning/g;

describe('what is deprecated', () => {
  test('warns once, with a code and what was used, and goes on', () => {
    const { status, stdout, stderr } = run(useTwice);
    expect([status, stdout]).toEqual([0, 'went on\n']);
    expect(stderr.match(warnings)).toHaveLength(1);
    expect(stderr).toMatch(/\[LAYERWISE_DEP0001\] DeprecationWarning: .*LAYERWISE_THREADS/);
    expect(stderr).toContain("It is 'two'.");
  });

  test('warns who imports and requires the package once as well', () => {
    const program = `
      import { createRequire } from 'node:module';
      ${useTwice}
      createRequire(process.cwd() + '/x.js')(process.cwd() + '/dist/index.cjs').info();`;
    expect(run(program).stderr.match(warnings)).toHaveLength(1);
  });

  test('warns in a worker, which has listeners of its own', () => {
    const program = `
      import { Worker } from 'node:worker_threads';
      const source = \`process.on('warning', ({ code }) => console.log(code));
        import(\${JSON.stringify(entry)}).then(({ info }) => { info(); info(); });\`;
      new Worker(source, { eval: true });`;
    const { status, stdout } = run(program);
    expect([status, stdout]).toEqual([0, 'LAYERWISE_DEP0001\n']);
  });

  test.each<[string, string, string]>([
    ['predict of an autoencoder', 'await model.predict([[1, 2]])', 'LAYERWISE_DEP0002'],
    [
      'calibrate of an autoencoder',
      "await model.calibrate([[1, 2]], { method: 'maximum' })",
      'LAYERWISE_DEP0003',
    ],
    ['the threshold of its detector', 'void model.detector.threshold', 'LAYERWISE_DEP0003'],
  ])('is %s', (_, use, code) => {
    const program = `
      const { autoencoder } = await import(entry);
      const model = autoencoder({ inputSize: 2, code: 1 });
      model.setThreshold(1);
      ${use};
      ${use};`;
    const { status, stderr } = run(program, { threads: '' });
    expect(status).toBe(0);
    expect(stderr.match(warnings)).toHaveLength(1);
    expect(stderr).toContain(`[${code}]`);
  });

  test('is silent or fatal where Node is told so', () => {
    expect(run(useTwice, { flags: ['--no-deprecation'] }).stderr).toBe('');
    const thrown = run(useTwice, { flags: ['--throw-deprecation'] });
    expect(thrown.status).toBe(1);
    expect(thrown.stderr).toContain('LAYERWISE_DEP0001');
  });

  test.each(['-1', '0', '1.5', '2 '])('is LAYERWISE_THREADS as %j', (threads) => {
    expect(run(useTwice, { threads }).stderr).toContain('LAYERWISE_DEP0001');
  });

  test.each(['', '1', '16'])('is not LAYERWISE_THREADS as %j', (threads) => {
    expect(run(useTwice, { threads }).stderr).toBe('');
  });

  test('is on the page about versions, by codes that are never used again', () => {
    const page = readFileSync(`${root}docs/versions.md`, 'utf8');
    const listed = Array.from(page.matchAll(/^\| `(LAYERWISE_DEP\d{4})` \|/gm), ([, code]) => code);
    expect(listed).toEqual(expect.arrayContaining([...deprecationCodes]));
    expect(listed).toEqual([...new Set(listed)].sort());
  });
});
