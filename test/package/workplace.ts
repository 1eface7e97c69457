import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Archive, packArchive } from './archive.js';
import { type Finished, runCommand } from './command.js';
import { programs } from './paths.js';
import { bunProgram, hasBun, type NodeMajor, nodeOf, toolFile } from './tools.js';

/** The shell and the few programs that the start scripts of package managers take for granted. */
const basicPrograms = ['sh', 'env', 'basename', 'cat', 'dirname', 'ls', 'readlink', 'sed', 'uname'];

/** Package managers, by the names of their commands; their scripts are run by the Node of the project. */
const managerScripts = (npm: 11 | 12, yarn: 1 | 4): Readonly<Record<string, string>> => ({
  npm: `npm${npm}/bin/npm-cli.js`,
  npx: `npm${npm}/bin/npx-cli.js`,
  pnpm: 'pnpm/bin/pnpm.cjs',
  yarn: `yarn${yarn}/bin/yarn.js`,
});

export interface ProjectOptions {
  /** Of its package.json. */
  readonly type?: 'module' | 'commonjs';
  /** The Node on its PATH; the one that runs this when undefined. */
  readonly node?: NodeMajor;
  /** The versions of `npm` and `yarn` on its PATH, beside `pnpm` and `bun`. */
  readonly npm?: 11 | 12;
  readonly yarn?: 1 | 4;
  /** Whether compilers are on its PATH; a consumer's machine has none. */
  readonly withCompiler?: boolean;
  /** More of its package.json. */
  readonly manifest?: Readonly<Record<string, unknown>>;
}

/** A temporary folder with the tarball, an empty home and the projects of the steps. */
export class Workplace {
  private constructor(
    readonly folder: string,
    readonly archive: Archive,
  ) {}

  static async open(): Promise<Workplace> {
    const folder = mkdtempSync(path.join(tmpdir(), 'layerwise-package-'));
    const packed = path.join(folder, 'packed');
    mkdirSync(packed);
    const environment = environmentOf(folder, process.env.PATH ?? '');
    const { stdout } = await runCommand(['npm', 'config', 'get', 'registry'], {
      directory: folder,
      environment: process.env,
    });
    registry = stdout.trim();
    return new Workplace(folder, await packArchive(packed, environment));
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** An empty project. */
  project(name: string, options: ProjectOptions = {}): Project {
    const directory = path.join(this.folder, 'projects', name);
    mkdirSync(directory, { recursive: true });
    const { type = 'module', node, withCompiler = false, manifest = {} } = options;
    const program = node === undefined ? process.execPath : nodeOf(node);
    const bare = this.#searchPath(program, options);
    const searched = withCompiler ? `${bare}${path.delimiter}${process.env.PATH}` : bare;
    const project = new Project(directory, program, environmentOf(this.folder, searched), this);
    project.write(
      'package.json',
      JSON.stringify({ name: 'project', private: true, type, ...manifest }),
    );
    return project;
  }

  /** A folder for PATH that has a Node and package managers, and no compiler, make or Python. */
  #searchPath(node: string, { npm = 11, yarn = 4 }: ProjectOptions): string {
    const directory = mkdtempSync(path.join(this.folder, 'path-'));
    const link = (name: string, target: string): void => {
      symlinkSync(target, path.join(directory, name));
    };
    link('node', node);
    for (const name of basicPrograms) link(name, path.join('/bin', name));
    for (const [name, script] of Object.entries(managerScripts(npm, yarn))) {
      link(name, toolFile(script));
    }
    if (hasBun()) for (const name of ['bun', 'bunx']) link(name, bunProgram());
    return directory;
  }
}

/** The one that this machine uses, for package managers that have another one by default. */
let registry = '';

/** The variables of this process, but what npm passes on to its scripts, with an empty home. */
function environmentOf(folder: string, searched: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|layerwise_|NODE_OPTIONS|VITEST|CI$|INIT_CWD)/i.test(name),
  );
  const home = path.join(folder, 'home');
  mkdirSync(home, { recursive: true });
  return {
    ...Object.fromEntries(kept),
    PATH: searched,
    HOME: home,
    npm_config_userconfig: path.join(home, 'no-user-configuration'),
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_registry: registry,
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_ENABLE_TELEMETRY: 'false',
    DENO_TLS_CA_STORE: 'system,mozilla',
    DENO_NO_UPDATE_CHECK: '1',
  };
}

/** A folder with a package.json, where things are installed and programs are run. */
export class Project {
  constructor(
    readonly directory: string,
    /** Its Node. */
    readonly node: string,
    readonly environment: NodeJS.ProcessEnv,
    readonly workplace: Workplace,
  ) {}

  path(...names: readonly string[]): string {
    return path.join(this.directory, ...names);
  }

  write(name: string, text: string): void {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Copies a file or folder, by default one of `programs/`. */
  copy(source: string, name = path.basename(source)): void {
    cpSync(path.resolve(programs, source), this.path(name), { recursive: true });
  }

  run(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const { environment = {}, ...rest } = options;
    return runCommand(words, {
      directory: this.directory,
      environment: { ...this.environment, ...environment },
      ...rest,
    });
  }

  /** Runs a file with the Node of the project. */
  runNode(words: readonly string[], options?: RunOptions): Promise<Finished> {
    return this.run([this.node, ...words], options);
  }

  /** Installs the tarball, and other packages of the registry, with npm. */
  async install({ also = [], flags = [] }: InstallOptions = {}): Promise<void> {
    const { file } = this.workplace.archive;
    await this.run(['npm', 'install', '--loglevel=error', ...flags, file, ...also]);
  }

  /** Uses the package from ES modules and from CommonJS. */
  async use(runner: readonly string[] = [this.node]): Promise<void> {
    for (const program of ['use.mjs', 'use.cjs']) {
      this.copy(program);
      await this.run([...runner, program]);
    }
  }
}

export interface RunOptions {
  /** Added to the variables of the project. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly mustSucceed?: boolean;
}

export interface InstallOptions {
  readonly also?: readonly string[];
  readonly flags?: readonly string[];
}
