import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { binaryOf, root, targets, targetsNamed } from '../../../scripts/prebuild/targets.mjs';

interface Tags {
  readonly libc?: string;
}
const { parseTuple, parseTags } = createRequire(import.meta.url)('node-gyp-build') as {
  parseTuple(folder: string): { platform: string; architectures: string[] };
  parseTags(file: string): Tags;
};

describe.each(targets)('the binary of $name', (target) => {
  test('is where node-gyp-build looks for it', () => {
    const [folder = '', system = '', file = ''] = path
      .relative(root, binaryOf(target))
      .split(path.sep);
    expect(folder).toBe('prebuilds');
    expect(parseTuple(system)).toMatchObject({
      platform: target.platform,
      architectures: [target.arch],
    });
    expect(parseTags(file).libc).toBe(target.libc);
  });
});

test('no two binaries are the same file', () => {
  expect(new Set(targets.map(binaryOf)).size).toBe(8);
});

test('targets are chosen by name', () => {
  expect(targetsNamed([])).toEqual(targets);
  expect(targetsNamed(['win32-x64']).map(({ triple }) => triple)).toEqual(['x86_64-windows-gnu']);
  expect(() => targetsNamed(['win32-x64', 'beos'])).toThrow(
    'there is no target "beos"; there are linux-x64-glibc, ',
  );
});
