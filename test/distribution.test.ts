import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as main from '../lib/index.js';
import * as search from '../lib/search/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a program prints as JSON. In a process of its own: vitest loads modules in its own way. */
function told(program: string): unknown {
  const words = ['--input-type=module', '-e', program];
  return JSON.parse(execFileSync(process.execPath, words, { cwd: root, encoding: 'utf8' }));
}

const loading = `
  import { createRequire } from 'node:module';
  const require = createRequire(import.meta.url);
  const tell = (value) => console.log(JSON.stringify(value));
`;

test.each([
  ['index', main],
  ['search/index', search],
])('%s is one implementation', (entry, source) => {
  const [differing, names] = told(`${loading}
    const imported = await import('./dist/${entry}.js');
    const required = require('./dist/${entry}.cjs');
    const names = new Set([...Object.keys(imported), ...Object.keys(required)]);
    const differs = (name) => imported[name] === undefined || imported[name] !== required[name];
    tell([[...names].filter(differs), [...names].sort()]);
  `) as [string[], string[]];
  expect(differing).toEqual([]);
  expect(names).toEqual(Object.keys(source).sort());
});

test('both entries share their classes', () => {
  const isShared = told(`${loading}
    const { ArgumentError } = require('layerwise');
    const { Study } = await import('layerwise/search');
    let thrown;
    try { new Study({ space: 5 }); } catch (error) { thrown = error; }
    tell(thrown instanceof ArgumentError);
  `);
  expect(isShared).toBe(true);
});
