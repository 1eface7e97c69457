import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot, packageVersion, remedyForWriter } from '../lib/version.js';

test('the version is that of package.json', () => {
  const manifest = JSON.parse(readFileSync(join(packageRoot() ?? '', 'package.json'), 'utf8'));
  expect(packageVersion()).toBe(manifest.version);
});

const [major = 0, minor = 0, patch = 0] = packageVersion()
  .split('.')
  .map((part) => Number.parseInt(part, 10));

test.each([`${major}.${minor}.${patch + 1}`, `${major}.${minor + 1}.0`, `${major + 1}.0.0-beta.1`])(
  'a file of %s is newer',
  (version) => {
    expect(remedyForWriter(version)).toBe(
      `The file was written by layerwise ${version}, and this is ${packageVersion()}: update the package.`,
    );
  },
);

test.each([
  packageVersion(),
  '0.0.99',
  '',
  'soon',
  '9',
  `9.9.9${'9'.repeat(80)}`,
  7,
  null,
  undefined,
])('there is nothing to say of a file of %s', (version) => {
  expect(remedyForWriter(version)).toBe('');
});
