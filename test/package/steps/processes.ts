import { check, type Step } from '../step.js';

/** Several threads and processes of Node, and ends in the middle of things. */

const program = (name: string, about: string): Step => ({
  name,
  about,
  quick: true,
  async run(workplace) {
    const project = workplace.project(name);
    await project.install();
    for (const file of ['training.mjs', `${name}.mjs`]) project.copy(file);
    const { stdout } = await project.runNode([`${name}.mjs`]);
    check(stdout.endsWith('done\n'), `it ended before its end: ${stdout}`);
  },
});

export const processes: readonly Step[] = [
  program('threads', 'worker_threads that train at the same time, and some that are terminated'),
  program('cluster', 'processes of node:cluster that train at the same time'),
  program('exit', 'process.exit while a run goes on ends at once, with its exit code'),
];
