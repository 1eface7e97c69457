import { type Command, Option } from 'commander';
import { languages } from '../../course/lessons/lesson.js';
import { FileOption } from '../arguments/fileOptions.js';
import { courseHelp } from '../arguments/helpTexts.js';
import type { CourseOptions } from '../arguments/options.js';
import { type Accept, subcommand } from '../arguments/sharedArguments.js';
import { UsageError } from '../arguments/usageError.js';

interface CourseFlags extends Pick<CourseOptions, 'lang' | 'out'> {
  readonly print?: true;
}

export function addCourse(program: Command, accept: Accept): void {
  subcommand(program, 'course', 'List the lessons of the course, or run one.', courseHelp)
    .argument('[lesson]', 'its number or its name')
    .addOption(new Option('--lang <code>', 'default: that of the locale').choices(languages))
    .addOption(
      new FileOption('output', '--out <file>', 'write the picture there (default: course-*.svg)'),
    )
    .option('--print', 'show the program of the lesson, and do not run it')
    .action((lesson: string | undefined, flags: CourseFlags) => {
      const { print = false, ...rest } = flags;
      requireSense(lesson, rest.out, print);
      accept({ command: 'course', options: { ...rest, lesson, print } });
    });
}

/** @throws UsageError for options that would do nothing. */
function requireSense(lesson: string | undefined, out: string | undefined, print: boolean): void {
  if (lesson === undefined && (print || out !== undefined)) {
    throw new UsageError(`${print ? '--print' : '--out'} needs a lesson`, 'course');
  }
  if (print && out !== undefined) {
    throw new UsageError('--print draws no picture: leave out --out', 'course');
  }
}
