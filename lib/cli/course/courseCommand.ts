import { remedyFor } from '../../checks.js';
import { mnistFolder } from '../../course/digits.js';
import { lessons } from '../../course/lessons/index.js';
import { type Language, type Lesson, pictureOf } from '../../course/lessons/lesson.js';
import { isNameOfPicture, requireOurs, save, writePicture } from '../../course/save.js';
import { planWrite } from '../../io/writePlan.js';
import type { Printer } from '../../terminal/printer.js';
import { painted } from '../../terminal/style.js';
import { alignedLines } from '../../textTable.js';
import { UsageError } from '../arguments/usageError.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { wrappedLines } from '../terminal/wrappedText.js';
import type { CourseOptions } from './courseArguments.js';
import { type CourseWords, courseWords } from './courseWords.js';
import { languageOf } from './language.js';

/** `layerwise course`. */
export async function course(options: CourseOptions, context: CliContext): Promise<ExitCode> {
  const language = options.lang ?? languageOf(context.environment);
  if (options.lesson === undefined) {
    listLessons(language, context.stdout);
    return exitCodes.ok;
  }
  const number = numberOf(options.lesson);
  const lesson = lessons[number - 1] as Lesson;
  if (options.print) {
    const { sources } = await lesson.program();
    context.stdout.block(sources[language]);
    return exitCodes.ok;
  }
  await runLesson({ lesson, number, language, out: options.out }, context);
  return exitCodes.ok;
}

/** @throws UsageError for a lesson that there is not. */
function numberOf(lesson: string): number {
  const names = lessons.map(({ name }) => name);
  const number = /^\d+$/.test(lesson) ? Number(lesson) : names.indexOf(lesson) + 1;
  if (number >= 1 && number <= lessons.length) return number;
  const hint = remedyFor(lesson, names) || `Lessons: 1 to ${lessons.length}, ${names.join(', ')}.`;
  throw new UsageError(`there is no lesson '${lesson}'. ${hint}`, 'course');
}

function listLessons(language: Language, stdout: Printer): void {
  const words = courseWords[language];
  const rows = lessons.map(({ name, text }, index) => [
    String(index + 1),
    name,
    text[language].title,
  ]);
  stdout.line(painted('bold', words.course));
  stdout.line();
  for (const line of alignedLines(rows, ['right', 'left', 'left'])) stdout.line('  ', line);
  stdout.line();
  stdout.line(words.howToRun);
}

interface LessonRun {
  readonly lesson: Lesson;
  readonly number: number;
  readonly language: Language;
  readonly out: string | undefined;
}

async function runLesson(
  { lesson, number, language, out }: LessonRun,
  { stdout, interrupted }: CliContext,
): Promise<void> {
  const picture = out ?? pictureOf(number, lesson);
  if (!isNameOfPicture(picture)) {
    throw new UsageError(`--out ${out}: the picture is SVG: give it a name in .svg`, 'course');
  }
  if (out === undefined) {
    // Before the work, as for the files that are named.
    await requireOurs(picture);
    await planWrite(picture);
  }
  const words = courseWords[language];
  introduce({ lesson, number, language, out }, words, stdout);
  const { run } = await lesson.program();
  await run[language]({
    console: {
      log: (...said) => {
        interrupted.throwIfAborted();
        stdout.line(said.map(String).join(' '));
      },
    },
    save: async (drawn, path) => {
      interrupted.throwIfAborted();
      await (out === undefined ? save(drawn, path) : writePicture(drawn, out));
    },
  });
  conclude({ lesson, number, language, out: picture }, words, stdout);
}

function introduce({ lesson, number, language }: LessonRun, words: CourseWords, stdout: Printer) {
  const { title, idea, formula } = lesson.text[language];
  stdout.line(painted('bold', `${number}. ${title}`));
  stdout.line();
  paragraph(idea[0], stdout);
  stdout.line();
  for (const line of formula) stdout.line('    ', line);
  stdout.line();
  paragraph(idea[1], stdout);
  stdout.line();
  if (lesson.usesDigits) {
    paragraph(mnistFolder() === null ? words.drawnDigits : words.mnist, stdout);
    stdout.line();
  }
  stdout.line(painted('bold', words.program));
}

function conclude(
  { lesson, number, language, out = '' }: LessonRun,
  words: CourseWords,
  stdout: Printer,
): void {
  const { picture, questions } = lesson.text[language];
  stdout.line();
  stdout.line(painted('bold', words.picture), ` ${out}`);
  paragraph(picture, stdout);
  stdout.line();
  stdout.line(painted('bold', words.questions));
  for (const [index, { ask }] of questions.entries()) {
    paragraph(`${index + 1}. ${ask}`, stdout);
    for (const [from, to] of lesson.changes[index] ?? []) stdout.line(`     ${from} → ${to}`);
  }
  stdout.line();
  stdout.line(words.howToChange);
  stdout.line(`  npx layerwise course ${number} --lang ${language} --print > lesson.mjs`);
  stdout.line(words.answers);
}

function paragraph(text: string, stdout: Printer): void {
  const width = Math.min(stdout.columns || 100, 100);
  for (const line of wrappedLines(text, width)) stdout.line(line);
}
