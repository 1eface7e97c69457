import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** What SECURITY.md and THIRD_PARTY.md say of what is installed with the package. */

const root = fileURLToPath(new URL('..', import.meta.url));

interface LockedPackage {
  readonly license?: string;
  readonly dev?: true;
  readonly optional?: true;
  readonly hasInstallScript?: true;
  readonly deprecated?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};
const lock = JSON.parse(read('package-lock.json')) as Lock;
const installed = Object.entries(lock.packages).filter(
  ([place, { dev }]) => place !== '' && dev !== true,
);
const nameOf = (place: string): string => place.slice('node_modules/'.length);
const licences = read('THIRD_PARTY.md');

describe('what is installed with the package', () => {
  test('is what package.json names, and nothing else that these need', () => {
    const names = installed.map(([place]) => nameOf(place)).sort();
    expect(names).toEqual(Object.keys(manifest.dependencies).sort());
  });

  test.each(installed)('%s runs nothing, needs nothing else, and is kept', (_, locked) => {
    expect(locked).not.toHaveProperty('hasInstallScript');
    expect(locked).not.toHaveProperty('deprecated');
    const needed = Object.keys(locked.dependencies ?? {});
    expect(needed.filter((name) => !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
  });

  test.each(installed)(
    '%s is in THIRD_PARTY.md with its licence and its notice',
    (place, locked) => {
      const name = nameOf(place);
      expect(licences).toContain(`\n| \`${name}\` | ${locked.license} | `);
      // One that has no file for its licence says it at the head of its code.
      const files = ['LICENSE', 'LICENSE.md', 'dist/cjs/create.js'];
      const own = files.find((file) => existsSync(join(root, place, file))) ?? 'LICENSE';
      const notice = /Copyright (?:\(c\) )?([\d-]+) \[?([^<\]\n]+)/.exec(read(join(place, own)));
      // Some name nobody: there is no notice to pass on but the licence.
      if (notice === null) return;
      const [, years, holder = ''] = notice;
      expect(licences).toContain(`Copyright (c) ${years} ${holder.trim()} (${name})`);
    },
  );
});

describe('the package', () => {
  test('runs no script where it is installed', () => {
    const scripts = ['preinstall', 'install', 'postinstall'];
    expect(Object.keys(manifest.scripts).filter((name) => scripts.includes(name))).toEqual([]);
  });

  test('has no script that npm takes for the hook of another', () => {
    // `prebuild:all` would run in front of every `build:all`.
    const names = Object.keys(manifest.scripts);
    const hooks = names.flatMap((name) => [`pre${name}`, `post${name}`]);
    expect(names.filter((name) => hooks.includes(name))).toEqual([]);
  });

  test('holds its licence, those of others, what keeps it safe, and no code of tests', () => {
    const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
    const output = execFileSync('npm', words, {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [packed] = JSON.parse(output) as { files: { path: string }[] }[];
    const files = packed?.files.map(({ path }) => path) ?? [];
    const sources = JSON.parse(read('native/sources.json')) as Record<string, string[]>;
    const compiled = Object.values(sources).flat();
    expect(files.filter((file) => file.endsWith('.cc')).sort()).toEqual(compiled.sort());
    expect(files.filter((file) => /(^|\/)tests?\/|\.test\./.test(file))).toEqual([]);
    for (const file of ['LICENSE', 'THIRD_PARTY.md', 'SECURITY.md', 'README.md', 'CHANGELOG.md']) {
      expect(files).toContain(file);
    }
  });

  test.each(['package-lock.json', 'bench/package-lock.json', 'test/package/package-lock.json'])(
    'is locked to what nobody has given up: %s',
    (file) => {
      const { packages } = JSON.parse(read(file)) as Lock;
      const givenUp = Object.entries(packages).filter(([, { deprecated }]) => deprecated);
      expect(givenUp.map(([place]) => place)).toEqual([]);
    },
  );
});
