import { activations } from './activations/lesson.js';
import { backpropagation } from './backpropagation/lesson.js';
import { compression } from './compression/lesson.js';
import { depth } from './depth/lesson.js';
import { initialization } from './initialization/lesson.js';
import type { Lesson } from './lesson.js';
import { normalization } from './normalization/lesson.js';
import { overcomplete } from './overcomplete/lesson.js';
import { search } from './search/lesson.js';

/** In the order of the course; the first one has the number 1. */
export const lessons: readonly Lesson[] = [
  backpropagation,
  activations,
  compression,
  overcomplete,
  depth,
  search,
  initialization,
  normalization,
];
