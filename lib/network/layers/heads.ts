import { describeValue, isPlainObject, joinPath, requireKnownKeys } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import type { InnerLayers, LayerDefinition } from './definition.js';
import type { HeadsSpec } from './types.js';

export type { Head, Heads, HeadsLayer, HeadsSpec } from './types.js';

/** What a network of several outputs ends with: stacks of layers beside each other, on the same input. */

/** Numbers as names would change their order in an object, and dots the names of tensors. */
const namePattern = /^\p{L}[\p{L}\p{N}_-]*$/u;

export function headsDefinition(inner: InnerLayers): LayerDefinition<HeadsSpec> {
  return {
    type: 'heads',

    normalise(input, path, depth) {
      requireKnownKeys(input, ['type', 'heads'], path);
      if (depth > 0) throw notAtTheEnd(path, 'heads within another layer');
      const at = joinPath(path, 'heads');
      const given = requireHeads(input.heads, at);
      const heads = Object.entries(given).map(([name, head]) => {
        requireName(name, at);
        const layers = isPlainObject(head) ? [head] : head;
        return [name, inner.normalise(layers, joinPath(at, name), depth + 1)] as const;
      });
      return Object.freeze({ type: 'heads', heads: Object.freeze(Object.fromEntries(heads)) });
    },

    requireInput({ heads }, inputSize, path) {
      for (const [name, layers] of Object.entries(heads)) {
        inner.requireSizes(layers, inputSize, `${path}.heads.${name}`);
      }
    },

    requirePlace(_, { layers, index, path }) {
      if (index < layers.length - 1) throw notAtTheEnd(`${path}[${index}]`, 'a layer behind them');
    },

    outputSize: ({ heads }, inputSize) =>
      Object.values(heads).reduce((sum, layers) => sum + inner.outputSize(layers, inputSize), 0),
  };
}

function notAtTheEnd(path: string, received: string): ArgumentError {
  return new ArgumentError({
    path,
    expected: 'heads at the end of the network',
    received,
    remedy: 'Give a head what comes behind it: its layers are a list.',
  });
}

function requireHeads(heads: unknown, path: string): Record<string, unknown> {
  if (isPlainObject(heads) && Object.keys(heads).length > 0) return heads;
  throw new ArgumentError({
    path,
    expected: 'an object with the layers of each head',
    received: isPlainObject(heads) ? 'an empty one' : describeValue(heads),
    remedy: 'Write { digit: dense(10, { activation: "softmax" }), size: dense(1) }, say.',
  });
}

function requireName(name: string, path: string): void {
  if (namePattern.test(name)) return;
  throw new ArgumentError({
    path,
    expected: 'names of letters, digits, _ and -, beginning with a letter',
    received: describeValue(name),
    remedy: 'Name the head after what it answers.',
  });
}
