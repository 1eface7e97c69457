import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The binary that the tests are run with. */
export const ownBinary = join(root, 'build/Release/layerwise.node');

/** What loading the core came to, in a process of its own. */
export interface Outcome {
  readonly instructionSet?: string;
  readonly error?: {
    readonly name: string;
    readonly path: string;
    readonly received: string;
    readonly remedy: string;
  };
}

export interface LoadOptions {
  readonly flags?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

const program = (specifier: string): string => `
  import(${JSON.stringify(specifier)}).then(({ info }) => {
    try {
      console.log(JSON.stringify({ instructionSet: info().instructionSet }));
    } catch ({ name, path, received, remedy }) {
      console.log(JSON.stringify({ error: { name, path, received, remedy } }));
    }
  });
`;

/** A project in a temporary folder, into which something has installed our package without a binary. */
export class Installation {
  private constructor(
    readonly project: string,
    /** The folder of the package. */
    readonly folder: string,
  ) {}

  /** @param place of the package within the project */
  static async create(place = 'node_modules/layerwise'): Promise<Installation> {
    const project = await mkdtemp(join(tmpdir(), 'layerwise-'));
    const installation = new Installation(project, join(project, place));
    await mkdir(join(installation.folder, 'native'), { recursive: true });
    for (const name of ['dist', 'package.json']) {
      await cp(join(root, name), join(installation.folder, name), { recursive: true });
    }
    await mkdir(join(installation.folder, 'node_modules'));
    await installation.link('node-gyp-build', join(installation.folder, 'node_modules'));
    return installation;
  }

  remove(): Promise<void> {
    return rm(this.project, { recursive: true, force: true });
  }

  /** @param modules a folder of that name */
  link(name: string, modules: string): Promise<void> {
    return symlink(join(root, 'node_modules', name), join(modules, name), 'junction');
  }

  /** Writes a file, of the package where its name begins with `./`, else of the project. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    const file = join(name.startsWith('./') ? this.folder : this.project, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  }

  /** Asks the package for its core. */
  load(options?: LoadOptions): Promise<Outcome> {
    return loadFrom(pathToFileURL(join(this.folder, 'dist/index.js')).href, this.project, options);
  }
}

/** Asks a module that exports what the package does for its core. */
export function loadFrom(
  specifier: string,
  directory: string,
  { flags = [], environment = {} }: LoadOptions = {},
): Promise<Outcome> {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_|^LAYERWISE/.test(name));
  const child = spawn(process.execPath, [...flags, '-e', program(specifier)], {
    cwd: directory,
    env: { ...Object.fromEntries(kept), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      const line = output.split('\n').find((text) => text.startsWith('{"'));
      if (line === undefined) reject(new Error(`no answer: ${output}`));
      else resolve(JSON.parse(line) as Outcome);
    });
  });
}
