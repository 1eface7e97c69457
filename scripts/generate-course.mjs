/**
 * Writes what is made of the lessons of the course.
 *
 *   node scripts/generate-course.mjs             the modules that `layerwise course` runs
 *   node scripts/generate-course.mjs --pages     runs all programs (dist/ has to be built), and writes docs/course.md,
 *                                                docs/course.ko.md and their pictures too
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import {
  changedSource,
  lessonNames,
  lessonsFolder,
  moduleOf,
  pageOf,
  pages,
  pictureFile,
  readSources,
  root,
} from './course-page.mjs';

/** @typedef {import('../lib/course/lessons/lesson.js').Lesson} Lesson */
/** @typedef {import('../lib/course/lessons/lesson.js').Language} Language */

for (const name of lessonNames()) {
  writeFileSync(path.join(lessonsFolder, name, 'generated.js'), moduleOf(readSources(name)));
}
if (process.argv.includes('--pages')) await writePages();

async function writePages() {
  const folder = path.join(root, '.compiled/course');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(path.join(root, 'docs/course'), { recursive: true });
  const lessons = await readLessons(folder);
  // Where no MNIST is installed, nor above.
  const home = mkdtempSync(path.join(tmpdir(), 'layerwise-course-'));
  try {
    writePagesOf(lessons, { folder, home });
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** @param {readonly Lesson[]} lessons @param {{ folder: string, home: string }} places */
function writePagesOf(lessons, places) {
  for (const language of /** @type {Language[]} */ (['en', 'ko'])) {
    const outputsOf = (/** @type {Lesson} */ lesson) => measure(places, language, lesson);
    const sourceOf = (/** @type {Lesson} */ { name }) => readSources(name)[language];
    const page = pageOf(language, lessons, sourceOf, outputsOf);
    for (const [index, lesson] of lessons.entries()) {
      const { name } = lesson;
      const picture = path.join(places.home, language, `course-${index + 1}-${name}.svg`);
      copyFileSync(picture, path.join(root, 'docs', pictureFile(language, index + 1, lesson)));
    }
    writeFileSync(path.join(root, 'docs', pages[language].file), page);
  }
}

/** The texts, which are TypeScript. @param {string} folder @returns {Promise<readonly Lesson[]>} */
async function readLessons(folder) {
  const input = path.join(lessonsFolder, 'index.ts');
  const bundle = await rolldown({ input, external: /generated\.js$/ });
  const file = path.join(folder, 'lessons.mjs');
  await bundle.write({ file });
  await bundle.close();
  return (await import(pathToFileURL(file).href)).lessons;
}

/**
 * Runs a program and its changed forms. The picture that stays is that of the program as it is.
 * @param {{ folder: string, home: string }} places of programs, and of what they write
 * @param {Language} language
 * @param {Lesson} lesson
 */
function measure({ folder, home }, language, { name, changes }) {
  const source = readSources(name)[language];
  const pictures = path.join(home, language);
  const elsewhere = path.join(home, `${language}-changed`);
  mkdirSync(pictures, { recursive: true });
  mkdirSync(elsewhere, { recursive: true });
  const program = run(path.join(folder, 'program.mjs'), source, pictures);
  const known = program.split('\n');
  return {
    program,
    changed: changes.map((replacements) => {
      const output = run(
        path.join(folder, 'changed.mjs'),
        changedSource(source, replacements),
        elsewhere,
      );
      // What has not changed is said already.
      const lines = output.trimEnd().split('\n');
      return lines.filter((line) => !known.includes(line)).join('\n') || output;
    }),
  };
}

/** @param {string} file @param {string} source @param {string} folder @returns {string} what it prints */
function run(file, source, folder) {
  writeFileSync(file, source);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${source}\n${stderr}`);
  return stdout;
}
