import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../paths.js';
import { check, type Step } from '../step.js';
import { toolFile } from '../tools.js';

/** What is in the tarball. */

const mostPackedBytes = 10e6;
const mostUnpackedBytes = 26e6;

/** Scripts that npm runs where somebody installs the package. */
const consumerScripts = ['preinstall', 'install', 'postinstall'];

const tarball: Step = {
  name: 'tarball',
  about: 'its size, its files, and that it has no script that runs at installation',
  quick: true,
  async run({ archive }) {
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
    const { packedBytes, unpackedBytes, files } = archive;
    console.log(
      `  ${files.length} files, ${megabytes(packedBytes)} packed, ${megabytes(unpackedBytes)} unpacked`,
    );
    check(
      packedBytes <= mostPackedBytes,
      `packed, it is larger than ${megabytes(mostPackedBytes)}`,
    );
    check(
      unpackedBytes <= mostUnpackedBytes,
      `unpacked, it is larger than ${megabytes(mostUnpackedBytes)}`,
    );
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      gypfile?: boolean;
      scripts?: Record<string, string>;
    };
    check(manifest.gypfile === false, 'package.json lacks "gypfile": false: npm would compile it');
    for (const name of consumerScripts) {
      check(manifest.scripts?.[name] === undefined, `package.json has a script "${name}"`);
    }
    for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'dist/index.d.ts']) {
      check(files.includes(name), `${name} is missing`);
    }
    check(!files.includes('binding.gyp'), 'yarn 1 would compile what has a binding.gyp');
    const strange = files.filter((name) => /(^|\/)(test|node_modules|build)\//.test(name));
    check(strange.length === 0, `nobody needs ${strange.join(', ')}`);
  },
};

const publint: Step = {
  name: 'publint',
  about: 'publint finds nothing in the tarball',
  quick: true,
  async run(workplace) {
    const project = workplace.project('publint');
    const { archive } = workplace;
    await project.runNode([toolFile('publint/src/cli.js'), 'run', archive.file, '--strict']);
  },
};

const typesWrong: Step = {
  name: 'attw',
  about: 'are-the-types-wrong finds nothing in the tarball',
  quick: true,
  async run(workplace) {
    const project = workplace.project('attw');
    const program = toolFile('@arethetypeswrong/cli/dist/index.js');
    await project.runNode([program, workplace.archive.file, '--no-emoji', '--no-color']);
  },
};

export const contents: readonly Step[] = [tarball, publint, typesWrong];
