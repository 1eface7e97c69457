/** What a lesson consists of; each is a folder beside this file. */

export const languages = ['en', 'ko'] as const;
export type Language = (typeof languages)[number];

/** The words of a lesson in one language; paragraphs and sources are Markdown. */
export interface LessonText {
  readonly title: string;
  /** The idea in two paragraphs, between which the formula stands. */
  readonly idea: readonly [string, string];
  /** Lines of plain text. */
  readonly formula: readonly string[];
  /** What can be seen in the picture. */
  readonly picture: string;
  /** One question for each of the `changes`, with its answer. */
  readonly questions: readonly Question[];
  /** Where it is in the library and in the literature. */
  readonly library: string;
  readonly literature: string;
}

export interface Question {
  readonly ask: string;
  readonly answer: string;
}

export interface Lesson {
  /** As in `layerwise course backpropagation`. */
  readonly name: string;
  readonly usesDigits: boolean;
  /** What each question changes in the program: what stands there once, and what takes its place. */
  readonly changes: readonly (readonly Replacement[])[];
  readonly text: Readonly<Record<Language, LessonText>>;
  /** Loaded when it is called. */
  readonly program: () => Promise<LessonProgram>;
}

export type Replacement = readonly [from: string, to: string];

/** A program as students read it, and as a function that runs the same statements. */
export interface LessonProgram {
  readonly sources: Readonly<Record<Language, string>>;
  readonly run: Readonly<Record<Language, (surroundings: Surroundings) => Promise<void>>>;
}

/** What the command puts in the place of what a program would print to and write with. */
export interface Surroundings {
  readonly console: { readonly log: (...words: readonly unknown[]) => void };
  readonly save: typeof import('../save.js').save;
}

/** The name of the picture of a lesson, which its program gives it. */
export function pictureOf(number: number, { name }: Pick<Lesson, 'name'>): string {
  return `course-${number}-${name}.svg`;
}
