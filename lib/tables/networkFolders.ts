import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { listCheckpoints } from '../checkpoint/newestCheckpoint.js';
import { ArgumentError } from '../errors.js';
import { isSystemError } from '../io/paths.js';
import type { MemberPlace } from './trainMembers.js';

/** Where the networks of one training keep their checkpoints: a single one in the folder itself, others each in its own. */

/** Before a last training on all rows, and in it. */
const judgedName = 'validated';
const refitName = 'all-rows';

function nameOf({ member, members, refit }: MemberPlace): string {
  if (members > 1) return `member-${member}`;
  if (refit === undefined) return '';
  return refit ? refitName : judgedName;
}

const pattern = new RegExp(`^(member-[1-9]\\d{0,2}|${judgedName}|${refitName})$`);

/** The folder of a network. */
export function folderOfNetwork(directory: string, place: MemberPlace): string {
  return join(directory, nameOf(place));
}

/**
 * The folders of networks that are there; empty where a single one keeps its checkpoints in the folder itself.
 *
 * @throws Errors of the system.
 */
export async function foldersOfNetworks(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory() && pattern.test(entry.name));
  const numberIn = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? 0);
  return names
    .map(({ name }) => name)
    .sort((left, right) => numberIn(left) - numberIn(right) || (left < right ? 1 : -1))
    .map((name) => join(directory, name));
}

/** The first checkpoint that lies in a folder, or in that of a network there; undefined where there is none. */
export async function anyCheckpoint(directory: string): Promise<string | undefined> {
  for (const folder of [directory, ...(await foldersOfNetworks(directory))]) {
    const [newest] = await listCheckpoints(folder);
    if (newest !== undefined) return newest.path;
  }
  return undefined;
}

/**
 * Nothing of a training is gone on with by one of another kind, which would begin beside it without a word.
 *
 * @param isOne whether a single network is to keep its checkpoints in the folder itself
 * @throws ArgumentError for a folder in which it is otherwise; errors of the system.
 */
export async function requireSameLayout(directory: string, isOne: boolean): Promise<void> {
  const [single] = await listCheckpoints(directory);
  const [other] = await foldersOfNetworks(directory);
  const wrong = isOne ? other : single?.path;
  if (wrong === undefined) return;
  throw new ArgumentError({
    path: 'checkpoint',
    expected: isOne
      ? 'a folder with checkpoints of one network, or an empty one'
      : 'a folder with one for each training, or an empty one',
    received: `one with ${wrong}`,
    remedy: isOne
      ? 'Give the options that it was begun with, or name another folder.'
      : 'Train one network, as there (members: 1, with rows for validation), or name another folder.',
  });
}
