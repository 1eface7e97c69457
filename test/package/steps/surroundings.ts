import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root } from '../paths.js';
import { check, type Step } from '../step.js';
import { toolFile } from '../tools.js';
import type { Project, Workplace } from '../workplace.js';

/** Bundlers and test runners, by the files that docs/bundlers-and-test-runners.md shows. */

const page = 'docs/bundlers-and-test-runners.md';

/** Writes the files of the page, which begin with their names, into the project. */
function copyFromPage(project: Project, names: readonly string[]): void {
  const text = readFileSync(path.join(root, page), 'utf8');
  for (const name of names) {
    const start = `\`\`\`js\n// ${name}\n`;
    const [, rest] = text.split(start);
    check(rest !== undefined, `${page} shows no ${name}`);
    project.write(name, rest.slice(0, rest.indexOf('\n```')));
  }
}

/** Packages of the tools, and of the checkout, as if the project had installed them. */
async function openProject(
  workplace: Workplace,
  name: string,
  tools: readonly string[],
): Promise<Project> {
  const project = workplace.project(name);
  await project.install();
  for (const tool of tools) {
    const isOurs = ['rolldown', 'vitest'].includes(tool);
    const folder = isOurs
      ? path.join(root, 'node_modules', tool)
      : path.dirname(toolFile(`${tool}/package.json`));
    const place = project.path('node_modules', tool);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(folder, place, 'junction');
  }
  return project;
}

async function openBundlers(workplace: Workplace, name: string): Promise<Project> {
  const project = await openProject(workplace, name, ['esbuild', 'rolldown', 'webpack']);
  for (const file of ['app.js', 'webpack.mjs', 'swallow.mjs']) {
    project.copy(`surroundings/${file}`);
  }
  return project;
}

const bundlers: Step = {
  name: 'bundlers',
  about: 'esbuild, rolldown and webpack, with the package outside of the bundle',
  quick: true,
  async run(workplace) {
    const project = await openBundlers(workplace, 'bundlers');
    copyFromPage(project, [
      'build-esbuild.mjs',
      'rolldown.config.mjs',
      'webpack.config.mjs',
      'webpack-modules.config.mjs',
    ]);
    await project.runNode(['build-esbuild.mjs']);
    await project.runNode(['node_modules/rolldown/bin/cli.mjs', '-c', 'rolldown.config.mjs']);
    await project.runNode(['webpack.mjs', 'webpack.config.mjs']);
    await project.runNode(['webpack.mjs', 'webpack-modules.config.mjs']);
    for (const file of ['esbuild.mjs', 'rolldown.mjs', 'webpack.cjs', 'webpack.mjs']) {
      const { stdout } = await project.runNode([`out/${file}`]);
      check(stdout === 'rows: 1\n', `out/${file} printed ${stdout}`);
    }
  },
};

const swallowed: Step = {
  name: 'bundled-whole',
  about: 'a bundle that holds the package says that it should not',
  async run(workplace) {
    const project = await openBundlers(workplace, 'bundled-whole');
    await project.runNode(['swallow.mjs']);
    for (const bundler of ['esbuild', 'rolldown', 'webpack']) {
      for (const ending of ['mjs', 'cjs']) {
        const file = `out/${bundler}.${ending}`;
        const { code, stderr } = await project.runNode([file], { mustSucceed: false });
        const saysWhy = stderr.includes('a bundler has put layerwise into a program');
        check(code !== 0 && saysWhy, `${file} did not say why it fails:\n${stderr}`);
      }
    }
  },
};

const tests = ['commonjs.test.cjs', 'modules.test.mjs'];

const jest: Step = {
  name: 'jest',
  about: 'tests for Jest, in CommonJS and as ES modules',
  quick: true,
  async run(workplace) {
    const project = await openProject(workplace, 'jest', ['jest']);
    copyFromPage(project, ['jest.config.cjs', ...tests]);
    const program = 'node_modules/jest/bin/jest.js';
    await project.runNode([program, 'commonjs']);
    const { stderr } = await project.runNode(['--experimental-vm-modules', program]);
    check(/Tests: +4 passed, 4 total/.test(stderr), `Jest ran other tests:\n${stderr}`);
  },
};

const vitest: Step = {
  name: 'vitest',
  about: 'tests for Vitest, in each of its pools',
  async run(workplace) {
    const project = await openProject(workplace, 'vitest', ['vitest']);
    copyFromPage(project, ['vitest.config.mjs', ...tests]);
    for (const pool of ['threads', 'forks', 'vmThreads', 'vmForks']) {
      const environment = { POOL: pool, NO_COLOR: '1' };
      const program = 'node_modules/vitest/vitest.mjs';
      const { stdout } = await project.runNode([program, 'run'], { environment });
      check(/Tests +4 passed \(4\)/.test(stdout), `Vitest ran other tests in ${pool}:\n${stdout}`);
    }
  },
};

export const surroundings: readonly Step[] = [bundlers, swallowed, jest, vitest];
