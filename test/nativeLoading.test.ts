import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { info } from '../lib/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A package like ours, without any binary. */
describe('without a binary', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    await writeFile(join(folder, 'package.json'), '{ "name": "layerwise", "type": "module" }');
    await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    await mkdir(join(folder, 'node_modules'));
    const loader = join('node_modules', 'node-gyp-build');
    await symlink(join(root, loader), join(folder, loader), 'junction');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const importPackage = () =>
    import(pathToFileURL(join(folder, 'dist', 'index.js')).href) as Promise<
      typeof import('../lib/index.js')
    >;

  test('specs can be built, and what needs the core says which command helps', async () => {
    const layerwise = await importPackage();
    const layers = [layerwise.dense(3)];
    expect(layerwise.adam()).toEqual({ type: 'adam' });
    const attempts = [
      () => layerwise.info(),
      () => layerwise.sequential(layers, { inputSize: 2 }),
      // A second attempt fails in the same way.
      () => layerwise.info(),
    ];
    for (const attempt of attempts) {
      expect(attempt).toThrow(layerwise.NativeBinaryError);
      expect(attempt).toThrow(/npx layerwise build/);
      expect(attempt).toThrow(`${process.platform}-${process.arch}`);
    }
  });
});

test('the core tells about itself', () => {
  const { version, instructionSet, availableInstructionSets, ...others } = info();
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
  expect(availableInstructionSets).toContain(instructionSet);
  expect(availableInstructionSets).toContain('scalar');
  expect(others.threads).toBeGreaterThanOrEqual(1);
  expect(others.processors).toBeGreaterThanOrEqual(1);
  expect(others.compiler).toMatch(/^(gcc|clang|msvc) \d/);
});
