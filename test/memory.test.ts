import { describe, expect, test } from 'vitest';
import { MemoryError } from '../lib/index.js';
import { allocateNumbers, requireMemory } from '../lib/memory.js';

describe('memory of a size that the caller gives', () => {
  test('is zeros', () => {
    expect(allocateNumbers(Float32Array, 3, 'rows', '3 results')).toEqual(new Float32Array(3));
  });

  test('is refused where the machine has less, and where the engine takes no such length', () => {
    const message = 'rows: expected memory for many results';
    for (const length of [2 ** 42, 2 ** 53, Number.POSITIVE_INFINITY]) {
      const allocate = () => allocateNumbers(Float64Array, length, 'rows', 'many results');
      expect(allocate).toThrow(MemoryError);
      expect(allocate).toThrow(message);
    }
    expect(() => allocateNumbers(Float64Array, -1, 'rows', 'many results')).toThrow(message);
    expect(() => requireMemory(2 ** 60, 'rows', 'many results')).toThrow('received a machine with');
    requireMemory(2 ** 20, 'rows', 'few results');
  });
});
