import { totalmem } from 'node:os';
import { MemoryError } from './errors.js';

/** Memory whose size comes from the caller. */

/** Below this the system is asked, whatever the machine has. */
const alwaysAsked = 2 ** 30;

/**
 * Refuses more than the machine, or its container, has: systems promise memory that is not there, and end the
 * process that comes to use it.
 *
 * @param path What asks for the memory.
 * @param what It is for.
 * @throws MemoryError
 */
export function requireMemory(bytes: number, path: string, what: string): void {
  if (bytes <= alwaysAsked) return;
  const there = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  if (bytes <= there) return;
  throw new MemoryError({
    path,
    expected: `memory for ${what}, ${bytes} bytes`,
    received: `a machine with ${there} bytes`,
    remedy: 'Take fewer at a time.',
  });
}

/**
 * Zeros for so many numbers.
 *
 * @throws MemoryError
 */
export function allocateNumbers<Values>(
  Class: { new (length: number): Values; readonly BYTES_PER_ELEMENT: number },
  length: number,
  path: string,
  what: string,
): Values {
  requireMemory(length * Class.BYTES_PER_ELEMENT, path, what);
  try {
    return new Class(length);
  } catch (cause) {
    throw new MemoryError(
      {
        path,
        expected: `memory for ${what}`,
        received: 'a refusal of the system',
        remedy: 'Take fewer at a time.',
      },
      { cause },
    );
  }
}
