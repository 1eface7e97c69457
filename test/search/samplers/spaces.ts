import {
  choice,
  float,
  int,
  type Parameters,
  type SearchSpace,
  type Space,
  variants,
} from '../../../lib/search/index.js';

/** Spaces that every sampler must cope with, by what is special about them. */
export const spaces: Readonly<Record<string, Space>> = {
  'numbers on all scales': {
    linear: float(-2, 3),
    logarithmic: float(1e-6, 1e2, { log: true }),
    stepped: float(0.1, 0.9, { step: 0.2 }),
    'stepped logarithmic': float(0.5, 8.5, { step: 0.5, log: true }),
    integer: int(-3, 3),
    'logarithmic integer': int(1, 1000, { log: true }),
    'stepped integer': int(32, 256, { step: 32 }),
    'a single number': float(7, 7),
    'a single integer': int(7, 7),
  },
  'options of all kinds': {
    text: choice(['relu', 'tanh', 'selu']),
    mixed: choice([null, true, 0, 'none', [64, 32], { type: 'sgd' }]),
    single: choice(['only']),
  },
  'conditions and nested variants': {
    layers: int(1, 3),
    optimizer: variants({
      sgd: { momentum: float(0, 0.99), nesterov: choice([true, false]) },
      adam: { learningRate: float(1e-5, 1e-1, { log: true }) },
    }),
    second: int(16, 256, { log: true, when: { layers: { minimum: 2 } } }),
    third: int(16, 256, { step: 16, when: { layers: 3 } }),
    regularisation: {
      kind: variants({ none: {}, dropout: { rate: float(0, 0.5) }, l2: { weight: float(0, 1) } }),
    },
  },
  'names that every object inherits': {
    toString: choice(['a', 'b']),
    constructor: float(0, 1, { when: { toString: 'a' } }),
    // A computed name makes a member of it, not the prototype.
    ['__proto__']: int(1, 1000, { when: { toString: 'b' } }),
  },
  'one number': { x: float(0, 1) },
};

/** A loss for any space: how far from the first quarter of their ranges all parameters are. */
export function lossIn(space: SearchSpace, parameters: Parameters): number {
  let sum = 0;
  for (const { name, domain } of space.dimensions) {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value !== undefined) sum += (domain.toUnit(value) - 0.25) ** 2;
  }
  return sum;
}
