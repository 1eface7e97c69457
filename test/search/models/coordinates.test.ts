import { describe, expect, test } from 'vitest';
import { choice, float, int, variants } from '../../../lib/search/index.js';
import { Coordinates } from '../../../lib/search/models/coordinates.js';
import { SearchSpace } from '../../../lib/search/searchSpace.js';

const space = new SearchSpace({
  rate: float(1e-4, 1, { log: true }),
  fixed: int(3, 3),
  units: int(1, 4),
  kind: variants({ plain: {}, deep: { depth: float(0, 10), form: choice(['a', 'b']) } }),
});
const coordinates = new Coordinates(space);

describe('the coordinates of a space', () => {
  test('leave out what has one value', () => {
    expect(coordinates.axes.map(({ name }) => name)).toEqual([
      ...['rate', 'units', 'kind', 'kind.deep.depth', 'kind.deep.form'],
    ]);
    expect(coordinates.kinds).toEqual(['number', 'number', 'options', 'number', 'options']);
  });

  test('are those of the scale; options are numbered', () => {
    const parameters = { rate: 1e-2, fixed: 3, units: 1, kind: 'deep' };
    const point = coordinates.pointOf({
      ...parameters,
      'kind.deep.depth': 2,
      'kind.deep.form': 'b',
    });
    expect([...point]).toEqual([0.5, 0.125, 1, 0.2, 1].map((x) => expect.closeTo(x, 12)));
  });

  test('put inactive numbers in the middle, and inactive options on their own', () => {
    const point = coordinates.pointOf({ rate: 1, fixed: 3, units: 4, kind: 'plain' });
    expect([...point]).toEqual([1, 0.875, 0, 0.5, -1].map((x) => expect.closeTo(x, 12)));
  });

  test('move numbers that are active, to the next step', () => {
    const parameters = { rate: 1e-2, fixed: 3, units: 1, kind: 'plain' };
    const moved = coordinates.moved(parameters, Float64Array.of(0.25, 0.7, 1, 0.9, 0));
    expect(moved).toEqual({ rate: expect.closeTo(1e-3, 12), fixed: 3, units: 3, kind: 'plain' });
  });
});
