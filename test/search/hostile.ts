import fc from 'fast-check';

const cyclic: Record<string, unknown> = {};
cyclic.itself = cyclic;
const getters = Object.defineProperty({}, 'x', { enumerable: true, get: () => Math.random() });

/** Anything that a JavaScript program may pass by mistake, whatever the types say. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.jsonValue(), weight: 3 },
  fc.constantFrom<unknown>(
    ...[undefined, null, -0, Number.NaN, Infinity, -Infinity, 5e-324, 2 ** 53, 2 ** 32, 0.5, '0'],
    ...[Symbol('name'), 5n, () => 1, cyclic, getters, Object.create(null), new Date(0)],
    ...['\ud800', '\0', '\n', '\u2028', '__proto__', 'constructor', new Map(), [undefined]],
    ...[new Array(2 ** 32 - 1), new Array(1), new Float64Array(2), Promise.resolve(1), /x/, {}],
    ...[JSON.parse('{"__proto__":{"a":1}}'), { toJSON: () => 5 }, { valueOf: () => 5 }],
  ),
);

/** The arguments are as wrong as JavaScript lets them be. */
export const wrong = (value: unknown): never => value as never;
