import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../examples/compile.js';

/** A page of the documentation with the parts that can be checked. */
export interface Page {
  /** As in the repository: README.md, docs/errors.md. */
  readonly path: string;
  readonly text: string;
  /** All blocks of TypeScript, one after the other: a page is one program. */
  readonly program: string;
  /** What stands behind `$ npx layerwise` in blocks of the shell. */
  readonly commands: readonly string[];
}

export function readPages(): Page[] {
  const guide = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return [
    'README.md',
    'README.ko.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'THIRD_PARTY.md',
    ...guide.map((name) => `docs/${name}`),
  ].map(readPage);
}

function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  const commands = blocksOf(text, 'console')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('$ npx layerwise '))
    .map((line) => line.slice('$ npx layerwise '.length));
  return { path, text, program: blocksOf(text, 'ts').join('\n'), commands };
}

function blocksOf(text: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms');
  return Array.from(text.matchAll(pattern), ([, block = '']) => block);
}
