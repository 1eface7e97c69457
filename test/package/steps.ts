import type { Step } from './step.js';
import { compiling } from './steps/compiling.js';
import { contents } from './steps/contents.js';
import { copies } from './steps/copies.js';
import { installations } from './steps/managers.js';
import { processes } from './steps/processes.js';
import { runtimes } from './steps/runtimes.js';
import { surroundings } from './steps/surroundings.js';
import { types } from './steps/types.js';

/**
 * All steps, in the order in which they run. One more is an object in a file of steps/: it makes a project
 * (`workplace.project`), installs the tarball there (`project.install`), copies a program or a folder
 * from programs/ into it and runs that. A tool that it needs is named in the package.json beside this
 * file (then `npm install --package-lock-only --ignore-scripts --force` there) and found by `toolFile`.
 */
export const steps: readonly Step[] = [
  ...contents,
  ...installations,
  ...runtimes,
  ...processes,
  ...copies,
  ...types,
  ...surroundings,
  ...compiling,
];
