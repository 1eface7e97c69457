/** What the documentation shows is compiled and run; what it names has to be there. */

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  initializerTable,
  lossTable,
  metricTable,
  optimizerTable,
  scheduleTable,
} from '../../lib/network/generated.js';
import { chapterOf } from '../../scripts/site/chapters.mjs';
import { compile, root, run } from '../examples/compile.js';
import { readPages } from './page.js';

const pages = readPages();
const programs = pages.filter(({ program }) => program !== '');
const nameOf = (path: string) => basename(path, '.md').toLowerCase();

describe('the programs of the documentation', () => {
  const sources = join(root, '.compiled/docs');
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-docs-'));
    cpSync(join(root, 'examples/data'), join(folder, 'examples/data'), { recursive: true });
    rmSync(sources, { recursive: true, force: true });
    mkdirSync(sources, { recursive: true });
    for (const { path, program } of programs) {
      writeFileSync(join(sources, `${nameOf(path)}.ts`), withImportsInFront(program));
    }
    writeFileSync(join(sources, 'tsconfig.json'), JSON.stringify(projectOfReaders));
    expect(compile('.compiled/docs').all).toBe('');
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(pages.filter(({ commands }) => commands.length > 0))(
    'the commands of $path',
    ({ commands }) => {
      const program = join(root, 'dist/cli/main.js');
      for (const command of commands) {
        const outcome = run(program, folder, command.split(' '));
        expect({ command, ...outcome }).toMatchObject({ command, code: 0 });
      }
    },
    60_000,
  );

  test.each(programs)(
    'the program of $path',
    ({ path }) => {
      const outcome = run(join(sources, `${nameOf(path)}.js`), folder);
      expect(outcome).toMatchObject({ code: 0 });
    },
    60_000,
  );
});

/** The strict settings that most projects have. */
const projectOfReaders = {
  extends: '../../tsconfig.base.json',
  compilerOptions: {
    noUncheckedIndexedAccess: false,
    paths: {
      layerwise: ['../../dist/index.d.ts'],
      'layerwise/search': ['../../dist/search/index.d.ts'],
      'layerwise/tables': ['../../dist/tables/index.d.ts'],
      'layerwise/report': ['../../dist/report/index.d.ts'],
    },
    typeRoots: ['../../node_modules/@types'],
  },
  include: ['.'],
};

/** Blocks further down a page may import too; one name may be imported only once. */
function withImportsInFront(program: string): string {
  const lines = program.split('\n');
  const isImport = (line: string) => /^import .* from '.*';$/.test(line);
  return [...lines.filter(isImport), ...lines.filter((line) => !isImport(line))].join('\n');
}

describe('the pages', () => {
  test('have a chapter each in the site', () => {
    const guide = pages.filter(({ path }) => path.startsWith('docs/')).map(({ path }) => path);
    expect([...chapterOf.keys()]).toEqual(expect.arrayContaining(guide));
  });

  test.each(pages)('$path links to files and headings that exist', ({ path, text }) => {
    const prose = text.replace(/^```.*?^```$/gms, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = '', heading] = target.split('#');
      const linked = file === '' ? path : join(dirname(path), file);
      expect(existsSync(join(root, linked)), `${path} links to ${target}`).toBe(true);
      if (heading === undefined) continue;
      const page = pages.find((candidate) => candidate.path === linked);
      expect(page?.text.split('\n').map(anchorOf), `${path} links to ${target}`).toContain(heading);
    }
  });

  test.each([
    ['initializers', initializerTable, 'models'],
    ['losses', lossTable, 'training'],
    ['metrics', metricTable, 'metrics'],
    ['optimizers', optimizerTable, 'training'],
    ['schedules', scheduleTable, 'optimizers-and-schedules'],
  ])('the guide has all %s with their defaults', (_, table, page) => {
    const guide = pages.find(({ path }) => path === `docs/${page}.md`)?.text ?? '';
    for (const { name, parameters } of table) {
      // Those that all schedules have are described once.
      const wanted = parameters
        .filter((parameter) => !parameter.name.startsWith('warmup'))
        .map((parameter) => `\`${parameter.name}\` ${parameter.default}`);
      const lines = guide.split('\n').filter((text) => text.startsWith(`| \`${name}\` |`));
      const isDescribed = lines.some((line) => wanted.every((text) => line.includes(text)));
      expect(isDescribed, `a line for ${name} with ${wanted.join(', ')}`).toBe(true);
    }
  });
});

/** The anchor of a heading; undefined for other lines. */
function anchorOf(line: string): string | undefined {
  const [, heading] = /^#+ (.*)$/.exec(line) ?? [];
  return heading
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}
