import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layoutOf, originOf, packageFile } from '../../../lib/cli/info/installationFacts.js';
import { withoutFolders } from '../../../lib/cli/info/privateText.js';
import type { SupportReport } from '../../../lib/cli/info/supportReport.js';
import { layerwise, program } from '../process.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string;
  dependencies: Record<string, string>;
};

const reportOf = (stdout: string) => JSON.parse(stdout) as SupportReport;

describe('info', () => {
  test('tells what runs where', async () => {
    const environment = { LAYERWISE_ISA: 'scalar', LAYERWISE_THREADS: '3' };
    const { code, stdout, stderr } = await layerwise(['info', '--json'], { environment });
    expect([code, stderr]).toEqual([0, '']);
    const report = reportOf(stdout);
    expect(report).toMatchObject({
      ...{ version, instructionSet: 'scalar', threads: 3, node: process.versions.node },
      binary: { file: expect.stringMatching(/\.node$/), version },
      runtime: { name: 'node', version: process.versions.node, v8: process.versions.v8 },
      environment,
      terminal: { isTerminal: false },
      error: null,
    });
    expect(report.binary?.compiler).toMatch(/^\w+ \d/);
    expect(report.processor.usable).toBeGreaterThanOrEqual(1);
    expect(report.processor.count).toBeGreaterThanOrEqual(report.processor.available);
    expect(report.memory.total).toBeGreaterThan(report.memory.heapLimit / 100);
    if (process.platform === 'linux') expect(report.system.libc?.name).toMatch(/^(glibc|musl)$/);
  });

  test('tells the same to people', async () => {
    const { code, stdout } = await layerwise(['info'], { environment: { LAYERWISE_THREADS: '3' } });
    expect(code).toBe(0);
    for (const line of [
      `layerwise +${version}`,
      String.raw`binary +\S+\.node \((built here|prebuilt), by \w+ [\d.]+\)`,
      String.raw`instruction set +\w+ \(available: scalar.*\)`,
      'threads +3',
      'processor +.* cores?, .* for this process',
      'memory +.* GB.* for JavaScript',
      `node +${process.versions.node} \\(V8 .*, Node-API \\d+\\)`,
      'environment +LAYERWISE_THREADS=3',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${line}$`, 'm'));
    }
  });

  test('tells a wrong setting beside everything else', async () => {
    const environment = { LAYERWISE_ISA: 'abacus', LAYERWISE_THREAD: 'a secret' };
    const { code, stdout, stderr } = await layerwise(['info', '--json'], { environment });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*abacus/);
    expect(stdout).not.toContain('a secret');
    const report = reportOf(stdout);
    expect(report).toMatchObject({
      ...{ version, instructionSet: null, threads: null },
      binary: { version: null, compiler: null },
      environment: { LAYERWISE_ISA: 'abacus', LAYERWISE_THREAD: '(no variable of layerwise)' },
      error: { name: 'ArgumentError', received: expect.stringContaining('abacus') },
    });
    expect(report.binary?.file).toMatch(/\.node$/);
  });
});

test.skipIf(process.platform === 'win32')('tells so in a folder that is deleted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  const words = ['-c', 'cd "$1" && rmdir "$1" && exec "$2" "$3" info --json', 'sh'];
  const { status, stdout } = spawnSync('sh', [...words, folder, process.execPath, program], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(reportOf(stdout).version).toBe(version);
});

describe('info without a binary', () => {
  let home: string;
  let program: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'layerwise-home-'));
    const modules = join(home, 'private', 'node_modules');
    const folder = join(modules, 'layerwise');
    await mkdir(folder, { recursive: true });
    await cp(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
    await cp(join(root, 'package.json'), join(folder, 'package.json'));
    for (const name of Object.keys(dependencies)) {
      // The folder of a scope, where the name has one.
      await mkdir(dirname(join(modules, name)), { recursive: true });
      await symlink(join(root, 'node_modules', name), join(modules, name), 'junction');
    }
    program = join(folder, 'dist', 'cli', 'main.js');
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  const environmentAtHome = () => ({ HOME: home, USERPROFILE: home });

  test('tells the error and the rest, and no folder of anybody', async () => {
    const environment = environmentAtHome();
    const { code, stdout, stderr } = await layerwise(['info', '--json'], { environment, program });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .* native binary/);
    expect(stdout).not.toContain('private');
    expect(stdout).not.toContain('layerwise-home-');
    const report = reportOf(stdout);
    expect(report).toMatchObject({
      ...{ version, instructionSet: null, availableInstructionSets: null, threads: null },
      binary: null,
      installation: { manager: expect.stringMatching(/^\w+$/), layout: 'node_modules' },
      processor: { usable: null },
      error: {
        name: 'NativeBinaryError',
        path: '<package>',
        expected: expect.stringContaining(`${process.platform}-${process.arch}`),
        received: expect.stringMatching(/./),
        remedy: expect.stringMatching(/./),
      },
    });
    expect(report.system.kernel).toMatch(/./);
  });

  test('tells a file that does not load', async () => {
    const folder = join(home, 'broken');
    await mkdir(join(folder, 'build', 'Release'), { recursive: true });
    await writeFile(join(folder, 'build', 'Release', 'layerwise.node'), 'no library');
    const environment = { ...environmentAtHome(), LAYERWISE_PREBUILD: folder };
    const { code, stdout } = await layerwise(['info', '--json'], { environment, program });
    expect(code).toBe(1);
    expect(reportOf(stdout)).toMatchObject({
      binary: { file: '(elsewhere) layerwise.node', origin: 'elsewhere', version: null },
      environment: { LAYERWISE_PREBUILD: expect.stringMatching(/^~.broken$/) },
      error: { name: 'NativeBinaryError' },
    });
    expect(stdout).not.toContain('layerwise-home-');
  });

  test('tells it to people', async () => {
    const { code, stdout, stderr } = await layerwise(['info'], {
      environment: environmentAtHome(),
      program,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^binary +none for this system$/m);
    expect(stdout).toMatch(/^instruction set +unknown$/m);
    expect(stderr).toMatch(/^error: /);
  });
});

describe('an installation', () => {
  test.each([
    ['/srv/app/node_modules/layerwise', 'node_modules'],
    ['/srv/app/node_modules/.pnpm/layerwise@0.2.0/node_modules/layerwise', 'isolated'],
    ['/srv/.npm/_npx/ab12/node_modules/layerwise', 'npx'],
    ['/srv/layerwise', 'other'],
  ])('at %s is known by its folder', (folder, layout) => {
    expect(layoutOf(folder)).toBe(layout);
  });

  test('names files by their place in the package, and others by their name alone', () => {
    const file = (path: string) => packageFile(join('/srv', path), '/srv/layerwise');
    expect(file('layerwise/prebuilds/linux-x64/layerwise.node')).toBe(
      'prebuilds/linux-x64/layerwise.node',
    );
    expect(file('elsewhere/layerwise.node')).toBe('(elsewhere) layerwise.node');
    expect(originOf('prebuilds/linux-x64/layerwise.node')).toBe('prebuilt');
    expect(originOf('build/Release/layerwise.node')).toBe('built here');
    expect(originOf(file('elsewhere/layerwise.node'))).toBe('elsewhere');
  });
});

test.each([
  ['/srv/app/layerwise/build/x.node: no such file', '<package>/build/x.node: no such file'],
  ['/home/ada/x and /Users/ada/y', '~/x and ~/y'],
  ['C:\\Users\\ada\\x', '~\\x'],
  ['/usr/lib/x', '/usr/lib/x'],
])('%s is published as %s', (text, published) => {
  expect(withoutFolders(text, '/srv/app/layerwise')).toBe(published);
});

test('the folder of all folders is no secret', () => {
  expect(withoutFolders('/usr/lib/x', '/')).toBe('/usr/lib/x');
});
