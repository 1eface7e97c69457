import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Finished, jsonLines, layerwise, type RunOptions } from '../process.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A core that is compiled at once; all around it is that of the package. */
const smallCore = join(root, 'test/fixtures/small-core');
const addon = `#include <node_api.h>
NAPI_MODULE_INIT() { return exports; }
`;

describe.skipIf(process.platform === 'win32')('layerwise build', () => {
  let folder = '';
  /** A folder whose name no tool may split into words. */
  let installed = '';
  const binary = () => join(installed, 'build/Release/layerwise.node');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    installed = join(folder, 'my project', 'node_modules', 'layerwise');
    await mkdir(installed, { recursive: true });
    for (const name of ['dist', 'scripts', 'package.json']) {
      await cp(join(root, name), join(installed, name), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(installed, 'node_modules'));
    await cp(smallCore, join(installed, 'native'), { recursive: true });
    await writeFile(join(installed, 'native/addon.cc'), addon);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const build = (words: readonly string[] = [], options: RunOptions = {}): Promise<Finished> =>
    layerwise(['build', ...words], {
      ...options,
      program: join(installed, 'dist/cli/main.js'),
      environment: { TMPDIR: folder, ...options.environment },
    });
  const temporary = async () =>
    (await readdir(folder)).filter((name) => name.startsWith('layerwise-build-'));

  test('leaves the binary and nothing else', async () => {
    const { code, stdout, stderr } = await build();
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Compiling layerwise \S+ for \S+ with .+ \.\.\.\n$/),
    });
    expect(stdout).toMatch(/^Compiled in 0:\d\d: .*layerwise\.node \(\d+(\.\d)? kB\)\n$/);
    expect(await readdir(installed)).toEqual(
      expect.arrayContaining(['build', 'dist', 'native', 'package.json', 'scripts']),
    );
    expect(await readdir(join(installed, 'build'), { recursive: true })).toEqual([
      'Release',
      'Release/layerwise.node',
    ]);
    expect(await temporary()).toEqual([]);
  });

  test('tells machines about it', async () => {
    const { code, stdout } = await build(['--json', '--jobs', '1']);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toEqual([
      {
        type: 'built',
        version: expect.stringMatching(/^\d/),
        platform: `${process.platform}-${process.arch}`,
        file: expect.stringContaining('layerwise.node'),
        bytes: (await readFile(binary())).length,
        compiler: expect.any(String),
        seconds: expect.any(Number),
      },
    ]);
  });

  test('shows what the compiler says of an error, and leaves an older binary alone', async () => {
    await mkdir(join(installed, 'build/Release'), { recursive: true });
    await writeFile(binary(), 'an older one');
    await writeFile(join(installed, 'native/addon.cc'), '#error this is no core\n');
    const { code, stderr } = await build();
    expect(code).toBe(1);
    expect(stderr).toContain('this is no core');
    expect(stderr).toContain('error: build: expected sources that compile');
    expect(stderr).toContain('What it printed says why');
    expect(await readFile(binary(), 'utf8')).toBe('an older one');
    expect(await readdir(join(installed, 'build/Release'))).toEqual(['layerwise.node']);
    expect(await temporary()).toEqual([]);
  });

  test('ends the compiler when it is interrupted', async () => {
    // One that never ends by itself.
    const slow = join(folder, 'slow-g++');
    await writeFile(
      slow,
      '#!/bin/sh\ncase "$*" in *-dM*) echo "#define __GNUC__ 12";; *) sleep 600;; esac\n',
      {
        mode: 0o755,
      },
    );
    const { code, stderr } = await build(['--verbose'], {
      environment: { CXX: slow },
      onStart: (child) => {
        child.stderr.on('data', (text: string) => {
          if (text.includes('CXX(target)')) child.kill('SIGINT');
        });
      },
    });
    expect([code, stderr]).toEqual([
      130,
      expect.stringContaining('Interrupted: no file was written.'),
    ]);
    expect(await temporary()).toEqual([]);
  });

  test('names what is missing, and the command that installs it', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    const environment = { PATH: empty, CXX: '', PYTHON: '' };
    const { code, stdout, stderr } = await build(['--json'], { environment });
    expect(code).toBe(1);
    expect(stderr).toContain('received a system without C++ compiler, make, python3');
    expect(jsonLines(stdout)).toMatchObject([
      { type: 'error', name: 'NativeBinaryError', path: 'build', exitCode: 1 },
    ]);
    await writeFile(join(empty, 'apk'), '');
    const onAlpine = await build([], { environment });
    expect(onAlpine.stderr).toContain('Run `apk add g++ make python3`. Then run this again.');
  });

  test('refuses a compiler that is too old before it starts', async () => {
    const old = join(folder, 'old-g++');
    await writeFile(old, '#!/bin/sh\necho "#define __GNUC__ 9"\n', { mode: 0o755 });
    const { code, stderr } = await build([], { environment: { CXX: old } });
    expect(code).toBe(1);
    expect(stderr).toContain('gcc 11 or newer; this is');
    expect(stderr).toContain('name it in the variable CXX');
  });

  test('says where it cannot write, and which files the package lacks', async () => {
    await writeFile(join(installed, 'build'), '');
    const blocked = await build();
    expect(blocked.code).toBe(1);
    expect(blocked.stderr).toContain(`${join(installed, 'build/Release')}: expected a folder that`);
    await rm(join(installed, 'native'), { recursive: true });
    const { code, stderr } = await build();
    expect(code).toBe(1);
    expect(stderr).toContain('received a package without native.');
    await rm(join(installed, 'scripts'), { recursive: true });
    expect((await build()).stderr).toContain('expected the whole package');
  });
});
