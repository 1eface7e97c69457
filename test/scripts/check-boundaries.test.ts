import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-boundaries.mjs', import.meta.url));

let checkout = '';

beforeEach(() => {
  checkout = mkdtempSync(path.join(tmpdir(), 'boundaries-'));
  execFileSync('git', ['init', '--quiet'], { cwd: checkout });
});

afterEach(() => {
  rmSync(checkout, { recursive: true, force: true });
});

function problemsWith(files: Record<string, string>): string[] {
  const sources = Object.keys(files).filter((file) => file.endsWith('.cc'));
  const lists = {
    'native/sources.json': JSON.stringify({ node: sources.filter((file) => /^native/.test(file)) }),
    'test/native/sources.json': JSON.stringify(sources.filter((file) => /^test/.test(file))),
  };
  for (const [file, content] of Object.entries({ ...lists, ...files })) {
    mkdirSync(path.join(checkout, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(checkout, file), content);
  }
  const result = spawnSync(process.execPath, [script, checkout], { encoding: 'utf8' });
  const problems = result.stderr.split('\n').filter((line) => line !== '');
  expect(result.status).toBe(problems.length > 0 ? 1 : 0);
  return problems;
}

describe('check-boundaries', () => {
  test('is silent when every import follows the arrows', () => {
    const files = {
      'lib/cli/main.ts': "import { x } from '../index.js';\nimport { y } from 'commander';\n",
      'lib/cli/flags.ts': "flag('--out <file>');\n",
      'lib/memory.ts': '// node --max-old-space-size gives more; i--\n',
      'lib/cli/context.ts': 'const isOurs = error instanceof LayerwiseError;\n',
      'lib/native.ts': "import fs from 'node:fs';\nimport { y } from './binary/files.js';\n",
      'lib/binary/files.ts': "const { resolve } = require('node-gyp-build');\n",
      'lib/model/model.ts':
        "const f = typeof x === 'function' ? isFunction(x) : await import('../io/a.js');\n",
      'lib/io/a.ts': "import { Socket } from 'node:net';\n",
      'native/node/addon.cc': '#include <napi.h>\n#include "native/network/network.h"\n',
      'native/kernels/gemm.h': '#include <vector>\n#include "native/kernels/gemm-inl.h"\n',
      'test/native/gemm_test.cc': '#include "test/native/reference/reference.h"\n',
      'bench/native/gemm.cc': '#include "native/kernels/gemm.h"\n',
    };
    expect(problemsWith(files)).toEqual([]);
  });

  test.each([
    [
      'lib/network/a.ts',
      "import { x } from '../model/b.js';",
      'lib/network must not import lib/model',
    ],
    ['lib/io/a.ts', "const x = await import('../data/b.js');", 'lib/io must not import lib/data'],
    ['lib/model/a.ts', "import { x } from '../../test/b.js';", 'imports ../../test/b.js'],
    ['lib/model/a.ts', "import { x } from 'commander';", 'lib/model must not use commander'],
    ['lib/cli/a.ts', "import { x } from 'unheard-of/x';", 'unheard-of has no row'],
    ['lib/io/a.ts', "require('./build/Release/layerwise.node');", 'only lib/native.ts loads'],
    ['lib/data/a.ts', "remedy: 'Give --encoding utf-16le.',", 'only lib/cli names flags'],
    ['lib/model/a.ts', '// `--metric` names it.', 'only lib/cli names flags: --metric'],
    ['lib/novel/a.ts', '', 'lib/novel has no row'],
    ['lib/data/a.ts', 'return x instanceof Float32Array;', 'lib/builtins.ts for Float32Array'],
    ['lib/cli/a.ts', 'if (!(error instanceof Error)) throw error;', 'lib/builtins.ts for Error'],
    ['lib/io/a.ts', 'const f = new Function(text);', 'nothing makes code of text'],
    ['lib/io/a.ts', 'return eval(text);', 'nothing makes code of text'],
    ['lib/data/a.ts', 'const f = Function(text);', 'nothing makes code of text'],
    ['lib/model/a.ts', 'const module = await import(path);', 'only literal names are imported'],
    ['lib/model/a.ts', "require('./' + name);", 'only literal names are imported'],
    [
      'lib/cli/a.ts',
      "import { exec } from 'node:child_process';",
      'must not use node:child_process',
    ],
    ['lib/io/a.ts', "import { runInThisContext } from 'node:vm';", 'must not use node:vm'],
    ['lib/data/a.ts', "import { Socket } from 'node:net';", 'must not use node:net'],
    ['lib/data/a.ts', 'const answer = await fetch(address);', 'nothing talks to a network'],
    ['native/core/a.h', 'std::system(command);', 'the core must not call system'],
    [
      'native/core/a.h',
      '#include "native/training/run.h"',
      'native/core must not include native/training',
    ],
    ['native/plan/a.h', '#include <napi.h>', '<napi.h> is for native/node/ only'],
    ['native/plan/a.h', '#include <immintrin.h>', '<immintrin.h> is for native/kernels/ only'],
    ['native/plan/a.h', '#include "native/kernels/gemm-inl.h"', 'only kernel files'],
    ['native/plan/a.h', '#include "run.h"', 'write the path from the root'],
    ['native/kernels/a.h', '#include "test/native/reference/reference.h"', 'for the tests only'],
    ['native/kernels/a-inl.h', '#include <vector>', 'must not include a system header'],
    ['bench/native/a.cc', '#include "native/plan/gone.h"', 'gone.h, which does not exist'],
    ['docs/a.md', ['registry', 'npmjs', 'org'].join('.'), 'names a registry host'],
    ['docs/a.md', `${'<'.repeat(7)} HEAD`, 'a merge that is not finished'],
    ['native/sources.json', '{"core":["native/core/gone.cc"]}', 'gone.cc does not exist'],
  ])('reports %s with %s', (file, content, problem) => {
    const [line, ...others] = problemsWith({ [file]: `\n${content}\n` });
    expect(others).toEqual([]);
    expect(line).toMatch(new RegExp(`^${file}:[12]: `));
    expect(line).toContain(problem);
  });

  test('reports files that import each other, be it for types', () => {
    const problems = problemsWith({
      'lib/io/a.ts': "import { b } from './b.js';\n",
      'lib/io/b.ts': "\nimport type { C } from './c.js';\n",
      'lib/io/c.ts': "export type { A } from './a.js';\n",
      'lib/io/d.ts': "import { a } from './a.js';\nimport { b } from './b.js';\n",
    });
    const circle = 'lib/io/a.ts -> lib/io/b.ts -> lib/io/c.ts -> lib/io/a.ts';
    expect(problems).toEqual([`lib/io/c.ts:1: closes a circle: ${circle}`]);
  });

  test('reports a path of the checkout itself', () => {
    const problems = problemsWith({ 'docs/a.md': `see ${checkout}/lib\n` });
    expect(problems).toEqual(['docs/a.md:1: contains a path of this machine']);
  });

  test('reports a source that no list names', () => {
    const lists = { 'native/sources.json': '{"core":[]}' };
    const problems = problemsWith({ ...lists, 'native/core/a.cc': '' });
    expect(problems).toEqual(['native/sources.json:1: native/core/a.cc is missing']);
  });
});
