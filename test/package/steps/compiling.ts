import { cpSync, existsSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../paths.js';
import { check, type Step } from '../step.js';
import type { Project } from '../workplace.js';
import { installedBy, managers } from './managers.js';

/**
 * Where there is no binary, the message of the error names a command, and that command compiles one. All but one
 * of the managers compile a core that takes seconds in place of ours.
 */

const smallCore = path.join(root, 'test/fixtures/small-core');
const addon = `#include <napi.h>
Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports["info"] = Napi::Function::New(env, [](const Napi::CallbackInfo& call) {
    Napi::Object facts = Napi::Object::New(call.Env());
    facts["instructionSet"] = "of the small core";
    return facts;
  });
  return exports;
}
NODE_API_MODULE(layerwise, Init)
`;

/** Prints what loading came to. */
const attempt = `import('layerwise').then(({ info }) => {
  try {
    console.log(info().instructionSet);
  } catch (error) {
    console.log(error.remedy);
  }
});
`;

/** The folder of the package, wherever the manager has put it. */
async function packageOf(project: Project, runner: readonly string[]): Promise<string> {
  project.write('where.cjs', "console.log(require.resolve('layerwise/package.json'));\n");
  const { stdout } = await project.run([...runner, 'where.cjs']);
  return realpathSync(path.dirname(stdout.trim()));
}

/** Files of the store of a package manager are shared: they are replaced, never written to. */
function putSmallCore(folder: string): void {
  rmSync(path.join(folder, 'native'), { recursive: true });
  cpSync(smallCore, path.join(folder, 'native'), { recursive: true });
  writeFileSync(path.join(folder, 'native/addon.cc'), addon);
}

interface Variant {
  readonly manager: (typeof managers)[number];
  readonly isWhole: boolean;
  readonly quick?: true;
}

function commandIn(remedy: string): string[] {
  const command = /Compile it with `([^`]+)`/.exec(remedy)?.[1];
  check(command !== undefined, `the remedy names no command: ${remedy}`);
  return command.split(' ');
}

const stepOf = ({ manager, isWhole, quick }: Variant): Step => ({
  name: `build-${manager.name}`,
  about:
    'without a binary, the error names the command that compiles ' +
    `${isWhole ? 'the' : 'a small'} core under ${manager.about}`,
  ...(quick && { quick }),
  async run(workplace) {
    const project = await installedBy(manager, workplace, { withCompiler: true });
    const { runner = [project.node] } = manager;
    const folder = await packageOf(project, runner);
    rmSync(path.join(folder, 'prebuilds'), { recursive: true });
    if (!isWhole) putSmallCore(folder);
    project.write('attempt.cjs', attempt);
    const { stdout: remedy } = await project.run([...runner, 'attempt.cjs']);
    const { stdout } = await project.run(commandIn(remedy));
    check(
      stdout.includes('layerwise.node'),
      `the command does not say where the binary is: ${stdout}`,
    );
    const left = readdirSync(path.join(folder, 'build'), { recursive: true });
    check(left.length === 2, `it left more than the binary: ${left.join(', ')}`);
    if (isWhole) await project.use(runner);
    const { stdout: answer } = await project.run([...runner, 'attempt.cjs']);
    check(isWhole || answer === 'of the small core\n', `the binary is not used: ${answer}`);
  },
});

/** A checkout is built by what it lacks, also where npm runs no scripts of dependencies. */
const clone: Step = {
  name: 'clone',
  about: 'npm 12: `npm ci` in a clone builds all that it lacks, and `npm run example` uses it',
  async run(workplace) {
    const project = workplace.project('clone', { node: 22, npm: 12, withCompiler: true });
    await project.run(['git', 'clone', '--quiet', '--shared', root, 'checkout']);
    const npm = (...words: string[]) => project.run(['npm', '--prefix', 'checkout', ...words]);
    await npm('ci', '--loglevel=error');
    check(existsSync(project.path('checkout/dist/index.js')), 'npm ci did not compile lib/');
    check(existsSync(project.path('checkout/build/Release/layerwise.node')), 'there is no binary');
    await npm('run', 'example', '--', 'xor');
  },
};

export const compiling: readonly Step[] = [
  ...managers.map((manager) =>
    stepOf({
      manager,
      isWhole: manager.name === 'npm-11',
      ...(manager.name === 'pnpm' && { quick: true }),
    }),
  ),
  clone,
];
