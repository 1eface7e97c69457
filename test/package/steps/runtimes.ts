import type { Step } from '../step.js';
import { bunProgram, denoProgram, type NodeMajor } from '../tools.js';

/** Every runtime that the package is for. */

const nodeStep = (major: NodeMajor): Step => ({
  name: `node-${major}`,
  about: `used on Node ${major}: models, searches, threads, the command`,
  ...(major === 22 && { quick: true }),
  async run(workplace) {
    const project = workplace.project(`node-${major}`, { node: major });
    await project.install();
    await project.use();
    for (const name of ['training.mjs', 'threads.mjs']) project.copy(name);
    await project.runNode(['threads.mjs']);
    await project.run(['npx', '--no-install', 'layerwise', 'info']);
  },
});

const bun: Step = {
  name: 'bun',
  about: 'used on Bun',
  async run(workplace) {
    const program = bunProgram();
    const project = workplace.project('bun');
    await project.run([program, 'add', workplace.archive.file]);
    await project.use([program]);
    await project.run([program, '--bun', 'node_modules/.bin/layerwise', 'info']);
  },
};

const deno: Step = {
  name: 'deno',
  about: 'used on Deno, with the node_modules that npm has made',
  async run(workplace) {
    const program = denoProgram();
    const project = workplace.project('deno');
    await project.install();
    // As docs/installation.md has it; the program also writes a model.
    const rights = ['ffi', 'read', 'env', 'sys', 'write'].map((name) => `--allow-${name}`);
    await project.use([program, 'run', ...rights]);
    const command = 'node_modules/layerwise/dist/cli/main.js';
    await project.run([program, 'run', '--allow-all', command, 'info']);
  },
};

export const runtimes: readonly Step[] = [
  nodeStep(20),
  nodeStep(22),
  nodeStep(24),
  nodeStep(26),
  bun,
  deno,
];
