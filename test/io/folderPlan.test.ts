import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planFolder } from '../../lib/io/folderPlan.js';
import { asNobody, canChangeUser } from './surroundings.js';

describe('planFolder', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-folder-plan-'));
    await writeFile(join(folder, 'file'), '');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('takes a folder that is there, and one that can be made, and makes none', async () => {
    await planFolder(folder);
    await planFolder(join(folder, 'new/deep/'));
    expect(await readdir(folder)).toEqual(['file']);
  });

  test.each([
    ['file', 'a file, or a name in one'],
    ['file/new', 'one that gives ENOTDIR'],
  ])('refuses %s', async (name, received) => {
    const path = join(folder, name);
    await expect(planFolder(path)).rejects.toMatchObject({
      ...{ name: 'ArgumentError', path, received },
      expected: 'a folder that can be written to, or be made',
    });
  });

  test.runIf(canChangeUser)('refuses a folder of somebody else', async () => {
    const path = join(folder, 'closed');
    await mkdir(path, { mode: 0o755 });
    await chmod(folder, 0o755);
    await asNobody(async () => {
      await expect(planFolder(join(path, 'new'))).rejects.toMatchObject({
        received: 'one that gives EACCES',
      });
    });
  });
});
