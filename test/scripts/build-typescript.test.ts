import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Modules of Node that a program has loaded at its end. */
function modulesLoadedBy(program: string): string[] {
  const code = `${program}; console.log(JSON.stringify(process.moduleLoadList));`;
  const words = ['--input-type=module', '--eval', code];
  const output = execFileSync(process.execPath, words, { encoding: 'utf8' });
  return (JSON.parse(output) as string[]).map((name) => name.replace(/^.* /, ''));
}

test.each(['layerwise', 'layerwise/search'])(
  'importing %s loads no module of Node that takes long',
  (name) => {
    const before = modulesLoadedBy('');
    const loaded = modulesLoadedBy(`await import('${name}')`);
    const slow = ['crypto', 'fs/promises', 'net', 'stream', 'timers/promises', 'v8', 'zlib'];
    for (const module of slow.filter((module) => !before.includes(module))) {
      expect(loaded).not.toContain(module);
    }
  },
);
