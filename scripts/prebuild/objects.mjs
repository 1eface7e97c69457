/** Compiles sources; Zig keeps what it has compiled, so that only what has changed costs time. */

import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { runZig } from './zig.mjs';

/**
 * @param {object} what
 * @param {string} what.triple
 * @param {readonly string[]} what.sources relative to the root of the checkout
 * @param {readonly string[]} what.flags
 * @param {string} what.folder where the objects go
 * @returns {Promise<string[]>} the objects
 */
export async function compile({ triple, sources, flags, folder }) {
  const queue = [...sources];
  /** @type {string[]} */
  const objects = [];
  const worker = async () => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
      const object = path.join(folder, `${source.replace(/^(\.\.\/)+/, '')}.o`);
      mkdirSync(path.dirname(object), { recursive: true });
      // Zig would have undefined behaviour trap; the tests look for that with sanitizers.
      const words = ['-target', triple, '-fPIC', '-fno-sanitize=undefined', ...flags];
      await runZig(['c++', ...words, '-c', source, '-o', object]);
      objects.push(object);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return objects.sort();
}
