import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prebuildsIn } from '../../lib/binary/files.js';
import { systemOfBinary } from '../../lib/binary/header.js';
import { libcOf } from '../../lib/libc.js';
import { Installation, loadFrom, ownBinary, root } from './installation.js';

const own = `${process.platform}-${process.arch}`;
const libc = libcOf()?.name;
const otherLibc = libc === 'glibc' ? 'musl' : 'glibc';
/** The name of a prebuilt binary for this system. */
const prebuild = `./prebuilds/${own}/layerwise.${libc === undefined ? '' : `${libc}.`}node`;

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.create();
});
afterEach(() => installation.remove());

test('a prebuilt binary loads', async () => {
  await installation.write(prebuild, await readFile(ownBinary));
  expect(await installation.load()).toEqual({ instructionSet: expect.any(String) });
});

test('without any binary, the remedy compiles one', async () => {
  const { error } = await installation.load();
  expect(error).toMatchObject({
    name: 'NativeBinaryError',
    path: installation.folder,
    received: expect.stringContaining('No native build was found'),
    remedy: 'Compile it with `npx layerwise build` (it needs a C++20 compiler, make and Python 3).',
  });
});

test('binaries for other systems alone are named', async () => {
  await installation.write('./prebuilds/aix-ppc64/layerwise.node', '');
  await installation.write('./prebuilds/sunos-x64/layerwise.node', '');
  const { error } = await installation.load();
  expect(error?.received).toBe('binaries for aix-ppc64, sunos-x64 alone');
  expect(error?.remedy).toMatch(/^There is none for this system\. Compile it with `npx /);
});

test('one that the system does not let read is no reason for another error', async () => {
  await installation.write(`${prebuild}/a-folder`, '');
  const { error } = await installation.load();
  expect(error).toMatchObject({
    name: 'NativeBinaryError',
    received: expect.stringMatching(/^EISDIR/),
    remedy: expect.stringContaining('run `npm install` anew'),
  });
});

describe('a node_modules from another system', () => {
  /** The beginnings of libraries of several systems. */
  const foreign: readonly (readonly [system: string, start: () => Buffer])[] = [
    ['darwin-arm64', () => machine('cffaedfe0c000001', 0)],
    ['darwin-x64', () => machine('cffaedfe07000001', 0)],
    ['darwin', () => machine('cafebabe00000002', 0)],
    ['linux-riscv64', () => machine('f300', 18, elf())],
    ['linux-s390x', () => machine('0016', 18, machine('02', 5, elf()))],
    ['freebsd-x64', () => machine('3e00', 18, machine('09', 7, elf()))],
    ['win32-arm64', () => machine('64aa', 132, executable())],
    ['win32-ia32', () => machine('4c01', 132, executable())],
  ];
  const elf = () => machine('7f454c4602010100', 0);
  const executable = () => machine('50450000', 128, machine('80', 0x3c, machine('4d5a', 0)));
  function machine(hex: string, offset: number, bytes: Buffer = Buffer.alloc(4096)): Buffer {
    Buffer.from(hex, 'hex').copy(bytes, offset);
    return bytes;
  }

  test.each(foreign)('that compiled it for %s is told', async (system, start) => {
    await installation.write('./build/Release/layerwise.node', start());
    const { error } = await installation.load();
    expect(error?.received).toBe(`build/Release/layerwise.node, which is for ${system}`);
    expect(error?.remedy).toContain('delete it and run `npm install` here');
    expect(error?.remedy).toContain('.dockerignore');
    expect(error?.remedy).toContain('`npx layerwise build`');
  });

  test('does no harm where there is a prebuilt binary for this one', async () => {
    await installation.write('./build/Release/layerwise.node', machine('f300', 18, elf()));
    await installation.write(prebuild, await readFile(ownBinary));
    expect(await installation.load()).toEqual({ instructionSet: expect.any(String) });
  });

  test('is told from what was compiled here', () => {
    expect(systemOfBinary(ownBinary)).toEqual({ platform: process.platform, arch: process.arch });
  });
});

test.each([
  ['the page of a proxy', () => Buffer.from('<html>'.repeat(50))],
  ['nothing', () => Buffer.alloc(0)],
])('%s in place of the binary is called damaged', async (_, content) => {
  await installation.write(prebuild, content());
  const { error } = await installation.load();
  expect(error?.received).toBe(`${prebuild.slice(2)}, which is damaged`);
  expect(error?.remedy).toContain('Delete node_modules/layerwise and run `npm install`');
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  test('half of a binary is called damaged', async () => {
    const whole = await readFile(ownBinary);
    await installation.write(prebuild, whole.subarray(0, whole.length / 2));
    expect((await installation.load()).error?.received).toMatch(
      /^prebuilds\/.*, which is damaged$/,
    );
  });

  test('a package for the other C library alone is told', async () => {
    await installation.write(`./prebuilds/${own}/layerwise.${otherLibc}.node`, '');
    const { error } = await installation.load();
    expect(error?.received).toMatch(
      new RegExp(`^layerwise\\.${otherLibc}\\.node, which is not for ${libc}.*, the C library of`),
    );
    expect(error?.remedy).toContain('images of Alpine have musl');
    expect(error?.remedy).toContain('`npx layerwise build`');
  });

  /** A library that needs another one, of which this system has none or an older one. */
  async function libraryThatNeeds(soname: string, version: string): Promise<string> {
    const stub = await installation.write('stub.c', 'int future(void) { return 1; }');
    const user = await installation.write(
      'user.c',
      'int future(void); int now(void) { return future(); }',
    );
    const map = await installation.write('stub.map', `${version} { global: future; };`);
    const library = join(installation.project, 'libstub.so');
    const flags = ['-shared', '-fPIC', '-nostdlib'];
    const named = [`-Wl,-soname,${soname}`, `-Wl,--version-script=${map}`];
    execFileSync('g++', [...flags, ...named, '-x', 'c', stub, '-o', library]);
    const file = await installation.write(prebuild, '');
    execFileSync('g++', [...flags, '-x', 'c', user, '-x', 'none', library, '-o', file]);
    return file;
  }

  test.runIf(libc === 'glibc')('a binary for the other C library is told', async () => {
    await libraryThatNeeds('libc.musl-x86_64.so.1', 'MUSL_1');
    const { error } = await installation.load();
    expect(error?.received).toMatch(/^prebuilds\/.*\.node, which is not for glibc [\d.]+, the C/);
  });

  test.runIf(libc === 'glibc')('a binary for a newer system is told', async () => {
    await libraryThatNeeds('libm.so.6', 'GLIBC_9.99');
    const { error } = await installation.load();
    expect(error?.received).toMatch(
      /which needs GLIBC_9\.99: newer than this system.*glibc 2\.\d+$/,
    );
    expect(error?.remedy).toContain('Amazon Linux 2023');
  });

  test('variables that name another system are passed over', async () => {
    await installation.write(prebuild, await readFile(ownBinary));
    for (const environment of [{ LIBC: otherLibc }, { npm_config_arch: 'mips' }]) {
      const outcome = await installation.load({ environment });
      expect(outcome).toEqual({ instructionSet: expect.any(String) });
    }
  });

  test('a binary that lacks another library is told by the message of the system', async () => {
    await libraryThatNeeds('libunheard-of.so.1', 'V1');
    const { error } = await installation.load();
    expect(error?.received).toContain('libunheard-of.so.1');
    expect(error?.remedy).toContain('`npx layerwise build`');
  });
});

test('a tool that took only what is imported is told', async () => {
  await rm(join(installation.folder, 'native'), { recursive: true });
  const { error } = await installation.load();
  expect(error?.received).toBe('a package without its folders prebuilds and native');
  expect(error?.remedy).toContain('outputFileTracingIncludes');
});

test('a Node without addons is told', async () => {
  await installation.write(prebuild, await readFile(ownBinary));
  const { error } = await installation.load({ flags: ['--no-addons'] });
  expect(error?.received).toBe('a Node that loads no addons');
  expect(error?.remedy).toContain('--allow-addons');
});

test('dependencies that are not installed are told', async () => {
  await rm(join(installation.folder, 'node_modules'), { recursive: true });
  const { error } = await installation.load();
  expect(error?.received).toContain("Cannot find module 'node-gyp-build'");
  expect(error?.remedy).toContain('run `npm install`');
});

test('a folder that a variable names is told', async () => {
  await installation.write(prebuild, await readFile(ownBinary));
  const environment = { LAYERWISE_PREBUILD: join(installation.project, 'elsewhere') };
  const { error } = await installation.load({ environment });
  expect(error?.received).toContain('which LAYERWISE_PREBUILD names');
});

test('in a clone the command is that of the project', async () => {
  await mkdir(join(installation.folder, '.git'));
  await installation.write('./build/Release/layerwise.node', 'no binary');
  await installation.write(prebuild, await readFile(ownBinary));
  const { error } = await installation.load();
  expect(error?.remedy).toContain('`npm run build:native`');
});

describe('a bundle', () => {
  const source = "export { info } from 'layerwise';\n";

  test.each(['esm', 'cjs'] as const)(
    'of rolldown as %s is told how to leave it out',
    async (format) => {
      const { rolldown } = await import('rolldown');
      const input = await installation.write('app.js', source);
      const bundle = await rolldown({ input, platform: 'node' });
      const file = join(installation.project, 'out', format === 'esm' ? 'app.mjs' : 'app.cjs');
      await bundle.write({ file, format });
      await bundle.close();
      // As it is brought to where it runs: without node_modules.
      await rm(join(installation.project, 'node_modules'), { recursive: true });
      await installation.write('package.json', 'no JSON');
      const { error } = await loadFrom(file, installation.project);
      expect(error).toMatchObject({
        path: 'layerwise',
        received: expect.stringContaining('a bundler has put layerwise into a program'),
      });
      for (const name of ['external', 'serverExternalPackages', 'externals', 'ssr.external']) {
        expect(error?.remedy).toContain(`\`${name}\``);
      }
    },
  );
});

test('prebuilt binaries of a folder are listed', async () => {
  expect(prebuildsIn(join(root, 'test'))).toEqual([]);
  await copyFile(ownBinary, await installation.write(prebuild, ''));
  const [, , system, file] = prebuild.split('/');
  expect(prebuildsIn(installation.folder)).toEqual([{ system, file }]);
});
