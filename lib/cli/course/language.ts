import type { Language } from '../../course/lessons/lesson.js';
import type { CliContext } from '../context.js';

/**
 * The language of the locale. As POSIX has it, that is the first of three variables that is set; Windows
 * sets none of them.
 *
 * @param system The locale where no variable is set. Default that of the operating system.
 */
export function languageOf(
  { LC_ALL, LC_MESSAGES, LANG }: CliContext['environment'],
  system: string = Intl.DateTimeFormat().resolvedOptions().locale,
): Language {
  return /^ko(?![a-z])/i.test(LC_ALL || LC_MESSAGES || LANG || system) ? 'ko' : 'en';
}
