/** The programs of the course are run, and the pages show them as they are. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lessons } from '../../lib/course/lessons/index.js';
import { type Language, languages, pictureOf } from '../../lib/course/lessons/lesson.js';
import {
  changedSource,
  lessonNames,
  lessonsFolder,
  moduleOf,
  outputsIn,
  pageOf,
  pages,
  pictureFile,
  readSources,
} from '../../scripts/course-page.mjs';
import { root, run } from '../examples/compile.js';
import { expectSimilar } from './similarOutput.js';

const numbered = lessons.map((lesson, index) => ({ ...lesson, lesson, number: index + 1 }));
const pageText = (language: Language) =>
  readFileSync(join(root, 'docs', pages[language].file), 'utf8');

describe.each(numbered)('lesson $number, $name,', ({ name, lesson, number }) => {
  test('has modules made of its programs: npm run generate', () => {
    const written = readFileSync(join(lessonsFolder, name, 'generated.js'), 'utf8');
    expect(written).toBe(moduleOf(readSources(name)));
  });

  test.each(languages)('has a program of 15 to 40 lines that fits a page (%s)', (language) => {
    const source = readSources(name)[language];
    const lines = source.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(15);
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(source).toContain(`, '${pictureOf(number, lesson)}');`);
  });

  test.each(languages)(
    'has three questions, each with a change of its program (%s)',
    (language) => {
      const { questions, idea } = lesson.text[language];
      expect(questions).toHaveLength(3);
      expect(lesson.changes).toHaveLength(3);
      expect(idea.every((paragraph) => paragraph.length > 150)).toBe(true);
      for (const change of lesson.changes) {
        expect(changedSource(readSources(name)[language], change)).not.toBe('');
      }
    },
  );
});

test('all lessons are there, in both languages with the same formulas', () => {
  expect(lessons.map(({ name }) => name).sort()).toEqual(lessonNames().sort());
  for (const { text } of lessons) expect(text.ko.formula).toHaveLength(text.en.formula.length);
  for (const { text } of lessons) expect(text.ko.title).toMatch(/\p{Script=Hangul}/u);
});

describe.each(languages)('the page (%s)', (language) => {
  const page = pageText(language);
  const outputs = outputsIn(page);

  test('is made of the lessons: node scripts/generate-course.mjs --pages', () => {
    const made = pageOf(
      language,
      lessons,
      ({ name }) => readSources(name)[language],
      (lesson) => outputs[lessons.indexOf(lesson)] ?? { program: '', changed: [] },
    );
    expect(page).toBe(made);
  });

  test.each(numbered)(
    'answers the questions of $name with what was printed',
    ({ text, number }) => {
      const { program = '', changed = [] } = outputs[number - 1] ?? {};
      for (const [index, { answer }] of text[language].questions.entries()) {
        const printed = `${program}\n${changed[index]}`.match(/\d+(?:\.\d+)?(?:e-\d+)?/g);
        const said = answer.match(/\d+\.\d+|\d+e-\d+|\d+(?= %)/g) ?? [];
        for (const number of said) expect(printed, answer).toContain(number);
      }
    },
  );

  const programs = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, program = '']) => program);
  const folder = join(root, '.compiled/course-pages');
  let elsewhere = '';
  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    elsewhere = mkdtempSync(join(tmpdir(), 'layerwise-course-'));
  });
  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

  const quick = numbered.filter(({ name }) =>
    ['backpropagation', 'activations', 'initialization'].includes(name),
  );
  const questions = quick.flatMap(({ name, changes, number }) =>
    changes.map((change, index) => ({ name, change, number, index })),
  );

  test.runIf(language === 'en').each(questions)(
    'has the answers that $name gives to its questions: $index',
    ({ name, change, number, index }) => {
      const file = join(folder, `${name}.changed.mjs`);
      writeFileSync(file, changedSource(programs[number - 1] ?? '', change));
      const { code, stdout } = run(file, elsewhere);
      expect(code).toBe(0);
      const { program = '', changed = [] } = outputs[number - 1] ?? {};
      const lines = stdout.trimEnd().split('\n');
      const others = lines.filter((line) => !program.split('\n').includes(line));
      expectSimilar(others.join('\n'), changed[index] ?? '');
    },
  );

  test.each(numbered)('shows program $number, $name, which runs', ({ lesson, name, number }) => {
    const file = join(folder, `${name}.${language}.mjs`);
    writeFileSync(file, programs[number - 1] ?? '');
    const outcome = run(file, elsewhere);
    expect(outcome).toMatchObject({ code: 0 });
    expectSimilar(outcome.stdout, outputs[number - 1]?.program ?? '');
    const drawn = readFileSync(join(elsewhere, pictureOf(number, lesson)), 'utf8');
    const shown = readFileSync(join(root, 'docs', pictureFile(language, number, lesson)), 'utf8');
    expect(drawn).not.toMatch(/NaN|Infinity|undefined/);
    expect(wordsOf(drawn)).toEqual(wordsOf(shown));
    expect(drawn.length / shown.length).toBeCloseTo(1, 0);
  });
});

/** What stands in a picture, but for its numbers. */
function wordsOf(svg: string): string[] {
  const texts = [...svg.matchAll(/<text [^>]*>([^<]*)</g)].map(([, words = '']) => words);
  return texts.filter((words) => /\p{L}{2}|^\p{L}/u.test(words));
}
