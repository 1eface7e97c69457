import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../lib/cli/training/dataDigest.js';
import { fileRows, matrix } from '../../../lib/index.js';
import { npyOf } from '../../data/numberFiles.js';

describe('the digest of data', () => {
  const inputs = Float32Array.from({ length: 12 }, (_, i) => i);
  const digest = (changes: Partial<Parameters<typeof digestOf>[0]>) =>
    digestOf({ inputs: matrix(inputs, 6, 2), targets: null, groups: null, ...changes });

  test('sees every number, and whose it is', async () => {
    const changed = inputs.slice();
    changed[11] = 11.5;
    const six = Int32Array.from(inputs.subarray(0, 6));
    const digests = await Promise.all([
      digest({}),
      digest({ inputs: matrix(changed, 6, 2) }),
      digest({ targets: six }),
      digest({ groups: six }),
      digest({ targets: Float32Array.from(six) }),
    ]);
    expect(new Set(digests).size).toBe(digests.length);
    expect(await digest({ inputs: matrix(inputs.slice(), 6, 2) })).toBe(digests[0]);
  });

  test('is the same of rows in a file, and of those in memory', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
    try {
      const path = join(folder, 'rows.npy');
      await writeFile(path, npyOf(inputs, [6, 2]));
      expect(await digest({ inputs: await fileRows(path) })).toBe(await digest({}));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
