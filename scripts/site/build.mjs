/**
 * Writes the documentation as one site: the guide, the course, and the reference of everything that
 * the package exports, from the types and their comments. Warnings fail: a link to what is not
 * there, or an export without a comment.
 *
 *   node scripts/site/build.mjs            write the site to site/
 *   node scripts/site/build.mjs --check    only see whether it can be written
 */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Converter, KindRouter } from 'typedoc';
import { chapterOf, chapters } from './chapters.mjs';
import { brokenLinks } from './links.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Its heading is the name of the package alone. */
const koreanReadme = 'README.ko.md';

/**
 * Calls a page by its heading, and puts it into its chapter.
 *
 * @param {import('typedoc').DocumentReflection} page
 * @param {string} path
 */
function place(page, path) {
  const [, heading] = /^# (.*)\n/.exec(page.content[0]?.text ?? '') ?? [];
  if (heading === undefined) throw new Error(`${path} begins with no heading`);
  page.name = path === koreanReadme ? '한국어' : heading;
  page.frontmatter = { group: chapterOf.get(path) };
}

/** Pages are found under the names of their files, which stay when a heading changes. */
class GuideRouter extends KindRouter {
  /** @type {Map<unknown, string>} The files of the pages. */
  static files = new Map();

  /** @override */
  getIdealBaseName(reflection) {
    const path = GuideRouter.files.get(reflection);
    return path === undefined
      ? super.getIdealBaseName(reflection)
      : `guide/${basename(path, '.md').toLowerCase()}`;
  }
}

/**
 * Has links to what is neither a page nor a picture lead to the repository.
 *
 * @param {readonly import('typedoc').CommentDisplayPart[]} content
 * @param {string} path of the page, in the repository
 * @param {import('typedoc').Logger} logger is warned of links to what is not there
 */
function resolveLinks(content, path, logger) {
  for (const part of content) {
    if (part.kind !== 'relative-link') continue;
    const target = posix.join(posix.dirname(path), part.text);
    if (!existsSync(join(root, target.replace(/#.*/, '')))) {
      logger.warn(`${path} links to ${part.text}, which is not there`);
    }
    if (['.md', '.svg', '.png'].includes(extname(target))) continue;
    Object.assign(part, { kind: 'text', text: `${repository}/tree/main/${target}` });
  }
}

const { repository: source } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const repository = source.url.replace(/^git\+/, '').replace(/\.git$/, '');

/** @param {string} out */
async function build(out) {
  const paths = [...chapterOf.keys()];
  const application = await Application.bootstrapWithPlugins({
    options: join(root, 'typedoc.json'),
    projectDocuments: paths,
    groupOrder: [...Object.keys(chapters), '*'],
    out,
  });
  application.renderer.defineRouter('guide', GuideRouter);
  application.options.setValue('router', 'guide');
  const { converter, logger } = application;
  const following = paths.values();
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, page) => {
    const path = String(following.next().value);
    GuideRouter.files.set(page, path);
    place(page, path);
    resolveLinks(page.content, path, logger);
  });
  const project = await application.convert();
  if (project === undefined) throw new Error('the sources do not compile: run npm run typecheck');
  const readme = project.readme ?? [];
  resolveLinks(readme, 'README.md', logger);
  // The site shows the name above it.
  if (readme[0] !== undefined) readme[0].text = readme[0].text.replace(/^# .*\n/, '');
  application.validate(project);
  await application.generateOutputs(project);
  for (const line of brokenLinks(out)) logger.error(line);
  if (logger.hasErrors() || logger.hasWarnings()) process.exitCode = 1;
}

if (process.argv.includes('--check')) {
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-site-'));
  try {
    await build(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  const folder = join(root, 'site');
  await build(folder);
  console.log(`Written. Look at it: ${relative(process.cwd(), join(folder, 'index.html'))}`);
}
