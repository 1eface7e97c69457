import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { layerTable } from '../../lib/network/generated.js';

/** Where types of layers are named: each place is one more that a new type has to be added to. */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Folders and files that use layers, as any program does, and what is generated. */
const users = [
  ...['lib/autoencoders/', 'lib/cli/', 'lib/course/', 'lib/search/', 'lib/tables/'],
  ...['lib/foreignNames.ts', 'lib/network/generated.ts'],
];

/** The most of them that a layer may take whose options are all in its row. */
const mostFiles = 7;

const files = ['native', 'lib']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
      path.posix.join(folder, file.replaceAll(path.sep, '/')),
    ),
  )
  .filter((file) => /\.(cc|h|ts|json)$/.test(file))
  .filter((file) => !users.some((user) => file.startsWith(user)))
  // What it has of such names is of data: it knows no layers, which `npm run lint:boundaries` sees to.
  .filter((file) => !file.startsWith('lib/data/'));

const code = new Map(
  files.map((file) => [file, withoutComments(readFileSync(path.join(root, file), 'utf8'))]),
);

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, '').replace(/(^|\s)\/\/ .*$/gm, '');
}

/** As a text, a class, a constant, a file or an export. */
function namePattern(name: string): RegExp {
  const capitalised = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new RegExp(
    [
      `['"]${name}['"]`,
      `\\bk?${capitalised}(?:Layer|Spec|Options|Info|Parameters|Step)?\\b`,
      `\\b${name}Definition\\b`,
      `\\blayers/(?:${snake}|${name})\\.`,
      `^ *${name},$`,
    ].join('|'),
    'm',
  );
}

describe('a type of layer', () => {
  const rows = layerTable.filter(({ parameters }) => parameters.length > 0);

  test.each(rows.map(({ name }) => name))('%s is named in few files', (name) => {
    const pattern = namePattern(name);
    const naming = files.filter((file) => pattern.test(code.get(file) ?? ''));
    expect(naming).toContain('lib/index.ts');
    expect(naming).toContain('native/layers/layer_types.cc');
    expect(naming.length, naming.join(', ')).toBeLessThanOrEqual(mostFiles);
  });
});
