/** The chapters of the site. A page of docs/ that is in none of them fails a test. */

import { posix } from 'node:path';

/** The pages in the order in which they are read; in docs/ where there is no folder. */
export const chapters = {
  'First steps': [
    'installation',
    'getting-started',
    'coming-from-other-libraries',
    'coming-from-tensorflow-js',
    'coming-from-keras',
    'coming-from-pytorch',
    'questions',
    '../README.ko',
  ],
  Course: ['course', 'course.ko'],
  'Models and training': [
    'models',
    'several-outputs',
    'many-models',
    'training',
    'metrics',
    'data',
    'runs',
    'custom-loops',
    'predicting',
    'optimizers-and-schedules',
    'activations',
    'initializers',
    'deep-networks',
  ],
  'Tables and detection': ['data-files', 'tables', 'autoencoders', 'command-line'],
  'In production': [
    'jobs',
    'hyper-parameter-search',
    'reports',
    'distributed-search',
    'saving-and-interop',
    'exporting-to-onnx',
    'errors',
    'determinism-and-threads',
    'bundlers-and-test-runners',
  ],
  Measured: ['published-facts', 'benchmarks'],
  'The project': ['versions', '../CHANGELOG', '../CONTRIBUTING', '../SECURITY', '../THIRD_PARTY'],
};

/** The chapter of each page, by the path of its file in the repository. */
export const chapterOf = new Map(
  Object.entries(chapters).flatMap(([chapter, pages]) =>
    pages.map((page) => [posix.join('docs', `${page}.md`), chapter]),
  ),
);
