import type { Step } from '../step.js';

/** Installed by each package manager, on a machine without a compiler. */

const npm11: Step = {
  name: 'npm-11',
  about: 'installed by npm 11, used from ESM and CommonJS, and the command runs',
  quick: true,
  async run(workplace) {
    const project = workplace.project('npm-11');
    await project.install({ npm: 11 });
    project.copy('use.mjs');
    project.copy('use.cjs');
    await project.runNode(['use.mjs']);
    await project.runNode(['use.cjs']);
  },
};

export const managers: readonly Step[] = [npm11];
