import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as course from '../lib/course/index.js';
import * as main from '../lib/index.js';
import * as report from '../lib/report/index.js';
import * as search from '../lib/search/index.js';
import * as tables from '../lib/tables/index.js';

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
  ['course/index', course],
  ['tables/index', tables],
  ['report/index', report],
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

test('loads packages when they are needed, which is not at its start', () => {
  const loaded = told(`${loading}
    require('layerwise');
    tell(Object.keys(require.cache).filter((file) => /papaparse|bufbuild|parquet|fzstd/.test(file)));
  `);
  expect(loaded).toEqual([]);
});

test('asks for modules of Node in a way that bundlers of ES modules leave alone', () => {
  const files = readdirSync(path.join(root, 'dist'), { recursive: true }).map(String);
  for (const name of files.filter((file) => file.endsWith('.cjs'))) {
    const text = readFileSync(path.join(root, 'dist', name), 'utf8');
    expect(text, name).not.toMatch(/require\("node:/);
  }
});

interface Manifest {
  readonly exports: Record<string, unknown>;
  readonly typesVersions: { readonly '*': Record<string, readonly [string]> };
}

test('every entry is found by compilers that know no exports', () => {
  const { exports, typesVersions } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Manifest;
  const entries = Object.keys(exports).filter((entry) => !['.', './package.json'].includes(entry));
  expect(Object.keys(typesVersions['*']).map((name) => `./${name}`)).toEqual(entries);
  for (const [file] of Object.values(typesVersions['*'])) {
    expect(existsSync(path.join(root, file)), file).toBe(true);
  }
});

describe('types', () => {
  const programs = path.join(root, 'test/package/programs/types');
  let project: string;

  beforeAll(() => {
    project = mkdtempSync(path.join(tmpdir(), 'layerwise-types-'));
    cpSync(programs, project, { recursive: true });
    mkdirSync(path.join(project, 'node_modules'));
    symlinkSync(root, path.join(project, 'node_modules/layerwise'), 'junction');
  });

  afterAll(() => rmSync(project, { recursive: true }));

  /** What the compiler says about programs for ES2020 that know nothing of Node, with all declarations checked. */
  function problems(names: readonly string[], options: ts.CompilerOptions): string {
    const program = ts.createProgram(
      names.map((name) => path.join(project, name)),
      {
        ...{ noEmit: true, strict: true, types: [] },
        ...{ target: ts.ScriptTarget.ES2020, lib: ['lib.es2020.d.ts'], ...options },
      },
    );
    return ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => project,
      getNewLine: () => '\n',
    });
  }

  test('need neither Node nor a newer JavaScript, and are the same ones in both worlds', () => {
    writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
    const names = ['program.ts', 'required.cts', 'imported.mts'];
    const options = {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
    };
    expect(problems(names, options)).toBe('');
  });

  test('are found where a project is CommonJS and older than exports', () => {
    writeFileSync(path.join(project, 'package.json'), '{ "type": "commonjs" }');
    const options = {
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      esModuleInterop: true,
    };
    expect(problems(['program.ts', 'required.cts'], options)).toBe('');
  });

  test('are in words of TypeScript 5.0', () => {
    const declarations = readdirSync(path.join(root, 'dist'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.d.cts'));
    const newer =
      /\bNoInfer<|Array<ArrayBuffer|from 'node:|\b(Async)?Disposable\b|\bErrorOptions\b/;
    for (const name of declarations) {
      expect(readFileSync(path.join(root, 'dist', name), 'utf8'), name).not.toMatch(newer);
    }
  });
});
