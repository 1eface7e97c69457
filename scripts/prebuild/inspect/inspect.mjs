/** What a binary is: its format, processor, exports and what it needs, whatever system it is for. */

import { readFileSync } from 'node:fs';
import { inspectElf, isElf } from './elf.mjs';
import { inspectMachO, isMachO } from './mach-o.mjs';
import { inspectPe, isPe } from './pe.mjs';

/**
 * @param {string} file
 * @returns {import('./facts.mjs').BinaryFacts}
 */
export function inspectBinary(file) {
  const bytes = readFileSync(file);
  if (isElf(bytes)) return inspectElf(bytes);
  if (isPe(bytes)) return inspectPe(bytes);
  if (isMachO(bytes)) return inspectMachO(bytes);
  throw new Error(`${file} is no binary of Linux, Windows or macOS`);
}
