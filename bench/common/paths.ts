import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders of the repository, seen from the compiled benchmarks in `.compiled/bench/common/`. */
const root = fileURLToPath(new URL('../../..', import.meta.url));

export const paths = {
  root,
  /** The sources of the benchmarks, with their package.json. */
  bench: path.join(root, 'bench'),
  /** The compiled benchmarks. */
  compiled: path.join(root, '.compiled/bench'),
  results: path.join(root, 'bench/results'),
  documents: path.join(root, 'docs'),
} as const;
