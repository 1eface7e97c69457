import path from 'node:path';
import { root } from '../paths.js';
import type { Step } from '../step.js';
import { toolFile } from '../tools.js';
import type { Project, Workplace } from '../workplace.js';

/** The types of the package, for compilers from the oldest that README.md names to the newest. */

interface Compiler {
  readonly version: string;
  /** Of its program `tsc`. */
  readonly file: () => string;
}

const oldest: Compiler = { version: '5.0', file: () => toolFile('typescript5.0/bin/tsc') };
const own: Compiler = {
  version: '5.9',
  file: () => path.join(root, 'node_modules/typescript/lib/tsc.js'),
};
const newest: Compiler = { version: '7.0', file: () => toolFile('typescript7.0/bin/tsc') };
const last: Compiler = { version: '6.0', file: () => toolFile('typescript6.0/bin/tsc') };

interface Settings {
  readonly module: string;
  readonly moduleResolution: string;
  /** Of the project's package.json. */
  readonly type: 'module' | 'commonjs';
  readonly ignoreDeprecations?: string;
}

const classic = { module: 'commonjs', moduleResolution: 'node', type: 'commonjs' } as const;
const asNode: readonly Settings[] = (['module', 'commonjs'] as const).flatMap((type) => [
  { module: 'node16', moduleResolution: 'node16', type },
  { module: 'nodenext', moduleResolution: 'nodenext', type },
]);
const bundled = { module: 'esnext', moduleResolution: 'bundler', type: 'module' } as const;

/** Which settings each compiler knows: the classic resolution ended with TypeScript 6. */
const known: readonly (readonly [Compiler, readonly Settings[]])[] = [
  [oldest, [classic, ...asNode, bundled]],
  [own, [classic, ...asNode, bundled]],
  [last, [{ ...classic, ignoreDeprecations: '6.0' }, ...asNode, bundled]],
  [newest, [...asNode, bundled]],
];

/** From a program that knows nothing of Node and of newer JavaScript to one that knows all. */
const targets = [
  { target: 'ES2020', lib: ['ES2020'], types: [] },
  { target: 'ES2022', types: ['node'] },
  { target: 'ESNext', types: ['node'], exactOptionalPropertyTypes: true },
] as const;

type Target = (typeof targets)[number];

/** Compiles the programs, with the declarations of the package checked as well. */
async function compile(
  project: Project,
  compiler: Compiler,
  { type, ...settings }: Settings,
  target: Target,
): Promise<void> {
  // Programs of bundlers, and of compilers that know no exports, have modules of one kind.
  const isMixed = settings.module.startsWith('node') && type === 'module';
  const compilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: false, esModuleInterop: true },
    typeRoots: [path.dirname(toolFile('@types/node'))],
    ...settings,
    ...target,
  };
  const files = isMixed ? allPrograms : ['program.ts'];
  project.write('package.json', JSON.stringify({ name: 'project', private: true, type }));
  project.write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
  const { code, stdout } = await project.runNode([compiler.file(), '-p', '.'], {
    mustSucceed: false,
  });
  if (code === 0) return;
  const words = `TypeScript ${compiler.version}, ${JSON.stringify({ type, ...settings, ...target })}`;
  throw new Error(`${words}:\n${stdout}`);
}

/** Those of both kinds of modules, which share one another's values. */
const allPrograms = ['program.ts', 'required.cts', 'imported.mts'];

async function openProject(workplace: Workplace, name: string): Promise<Project> {
  const project = workplace.project(name);
  await project.install();
  for (const file of allPrograms) project.copy(`types/${file}`);
  return project;
}

const ends: Step = {
  name: 'types',
  about: 'the oldest and the newest TypeScript, for ES2020 and without types of Node',
  quick: true,
  async run(workplace) {
    const project = await openProject(workplace, 'types');
    await compile(project, oldest, classic, targets[0]);
    for (const compiler of [oldest, newest]) {
      for (const settings of [asNode[1], bundled]) {
        if (settings !== undefined) await compile(project, compiler, settings, targets[0]);
      }
    }
  },
};

const matrix: Step = {
  name: 'types-matrix',
  about: 'TypeScript 5.0, 5.9, 6.0 and 7.0, each way of finding modules, ES2020 to ESNext',
  async run(workplace) {
    const project = await openProject(workplace, 'types-matrix');
    for (const [compiler, all] of known) {
      for (const settings of all) {
        for (const target of targets) await compile(project, compiler, settings, target);
      }
    }
  },
};

export const types: readonly Step[] = [ends, matrix];
