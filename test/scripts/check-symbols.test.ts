import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-symbols.mjs', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'symbols-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function addFunction(namespace: string, target: string): string {
  const attribute = target ? `__attribute__((target("${target}")))` : '';
  return `namespace ${namespace} {
    ${attribute} void Add(float* a, const float* b) { for (int i = 0; i < 64; ++i) a[i] += b[i]; }
  }\n`;
}

function check(name: string, source: string): { status: number | null; output: string } {
  const file = path.join(folder, name);
  writeFileSync(`${file}.cc`, source);
  const compiler = process.env.CXX ?? 'g++';
  const words = ['-O3', '-std=c++20', '-mprefer-vector-width=512', '-c', '-o', `${file}.o`];
  const compiled = spawnSync(compiler, [...words, `${file}.cc`], { encoding: 'utf8' });
  expect(compiled.stderr).toBe('');
  const result = spawnSync(process.execPath, [script, `${file}.o`], { encoding: 'utf8' });
  return { status: result.status, output: result.stdout + result.stderr };
}

const clean =
  addFunction('layerwise::scalar', '') +
  addFunction('layerwise::avx2', 'avx2,fma') +
  addFunction('layerwise::avx512', 'avx512f');

// The compiler and the disassembler of Linux on x86-64; elsewhere the check has nothing to do.
describe.runIf(process.platform === 'linux' && process.arch === 'x64')('check-symbols', () => {
  test('accepts each instruction set in its namespace', () => {
    const { status, output } = check('clean', clean);
    expect(output).toContain('1 baseline, 1 AVX2, 1 AVX-512');
    expect(status).toBe(0);
  });

  test.each([
    ['AVX2 in common code', 'layerwise::plan', 'avx2'],
    ['AVX-512 in common code', 'layerwise::plan', 'avx512f'],
    ['AVX-512 in the namespace of AVX2', 'layerwise::avx2::inner', 'avx512f'],
    ['a namespace that only begins alike', 'layerwise::avx2x', 'avx2'],
  ])('reports %s', (name, namespace, target) => {
    const { status, output } = check(
      name.replaceAll(' ', '-'),
      clean + addFunction(namespace, target),
    );
    expect(output).toMatch(/_ZN9layerwise\S*: uses an instruction of another set/);
    expect(status).toBe(1);
  });

  test('reports a template over a type of the namespace', () => {
    const source = `${clean}
      #pragma GCC push_options
      #pragma GCC target("avx2")
      namespace layerwise::avx2 { struct Vector { float lanes[8]; }; }
      template <typename T> __attribute__((noinline)) void Twice(T* v) {
        for (float& lane : v->lanes) lane *= 2;
      }
      template void Twice(layerwise::avx2::Vector*);
      #pragma GCC pop_options\n`;
    const { status, output } = check('template', source);
    expect(output).toContain('_Z5TwiceIN9layerwise4avx2');
    expect(status).toBe(1);
  });

  test('fails when there is nothing to check', () => {
    expect(check('empty', addFunction('layerwise::scalar', '')).status).toBe(1);
  });
});
