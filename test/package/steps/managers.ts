import { check, type Step } from '../step.js';
import { bunProgram } from '../tools.js';
import type { Project, ProjectOptions, Workplace } from '../workplace.js';

/** Installed by each package manager, on a machine without a compiler, make and Python. */

interface Manager {
  readonly name: string;
  readonly about: string;
  readonly quick?: true;
  readonly options?: ProjectOptions;
  /** Installs a tarball. */
  readonly add: readonly string[];
  /** Runs a command of an installed package. */
  readonly exec: readonly string[];
  /** Runs a program, where Node alone does not find what is installed. */
  readonly runner?: readonly string[];
  /** What the project needs beforehand. */
  prepare?(project: Project): void;
}

/** @param linker pnp, node-modules or pnpm */
const yarnWith = (linker: string) => (project: Project) =>
  project.write('.yarnrc.yml', `nodeLinker: ${linker}\nenableScripts: false\n`);

export const managers: readonly Manager[] = [
  {
    name: 'npm-11',
    about: 'npm 11',
    add: ['npm', 'install', '--loglevel=error'],
    exec: ['npx', '--no-install'],
  },
  {
    name: 'npm-12',
    about: 'npm 12 on Node 22, which runs no install scripts',
    quick: true,
    options: { node: 22, npm: 12 },
    add: ['npm', 'install', '--loglevel=error'],
    exec: ['npx', '--no-install'],
  },
  {
    name: 'pnpm',
    about: 'pnpm, with its links into a store',
    quick: true,
    add: ['pnpm', 'add'],
    exec: ['pnpm', 'exec'],
  },
  {
    name: 'yarn-1',
    about: 'yarn 1',
    options: { yarn: 1 },
    add: ['yarn', 'add', '--no-progress'],
    exec: ['yarn', '--silent'],
  },
  {
    name: 'yarn-node-modules',
    about: 'yarn 4 with node_modules',
    add: ['yarn', 'add'],
    exec: ['yarn'],
    prepare: yarnWith('node-modules'),
  },
  {
    name: 'yarn-pnp',
    about: "yarn 4 with Plug'n'Play",
    add: ['yarn', 'add'],
    exec: ['yarn'],
    runner: ['yarn', 'node'],
    prepare: yarnWith('pnp'),
  },
  { name: 'bun-install', about: 'Bun', add: ['bun', 'add'], exec: ['bunx', '--no-install'] },
];

/** A project of a manager, with the tarball installed. */
export async function installedBy(
  manager: Manager,
  workplace: Workplace,
  options: ProjectOptions = {},
): Promise<Project> {
  const name = `${manager.name}${options.withCompiler ? '-build' : ''}`;
  const project = workplace.project(name, { ...manager.options, ...options });
  if (manager.name.startsWith('bun')) bunProgram();
  manager.prepare?.(project);
  await project.run([...manager.add, workplace.archive.file]);
  return project;
}

const stepOf = (manager: Manager): Step => ({
  name: manager.name,
  about: `installed by ${manager.about}, used from ESM and CommonJS; the command runs`,
  ...(manager.quick && { quick: true }),
  async run(workplace) {
    const project = await installedBy(manager, workplace);
    await project.use(manager.runner);
    const { stdout } = await project.run([...manager.exec, 'layerwise', 'info', '--json']);
    const report = JSON.parse(stdout) as { binary: { origin: string } | null };
    check(report.binary?.origin === 'prebuilt', `the binary is not prebuilt: ${stdout}`);
  },
});

export const installations: readonly Step[] = managers.map(stepOf);
