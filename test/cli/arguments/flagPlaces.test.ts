import { describe, expect, test } from 'vitest';
import { FlagPlaces } from '../../../lib/cli/arguments/flagPlaces.js';
import { UsageError } from '../../../lib/cli/arguments/usageError.js';
import { ArgumentError } from '../../../lib/errors.js';

const errorAt = (path: string) => new ArgumentError({ path, expected: 'one', received: 'two' });

describe('the place of a flag', () => {
  const places = new FlagPlaces();
  places.set('--metric', 'job.json: metric');
  places.set('--epochs', 'job.json: epochs');

  test.each([
    ['--epochs', 'job.json: epochs'],
    ['--metric[1]', 'job.json: metric[1]'],
    ['--hidden[1]', '--hidden'],
    ['--optimizer.rate', '--optimizer.rate'],
    ['data.csv', 'data.csv'],
  ])('of an error at %s', (path, place) => {
    expect(places.renamed(errorAt(path))).toMatchObject({ path: place });
  });

  test('has no numbers where everything is typed', () => {
    expect(new FlagPlaces().renamed(errorAt('--metric[0]'))).toMatchObject({ path: '--metric' });
    const error = errorAt('--epochs');
    expect(new FlagPlaces().renamed(error)).toBe(error);
  });

  test('is named in the message of a wrong command line', () => {
    const error = new UsageError('--epochs and --folds exclude each other');
    expect(places.renamed(error)).toMatchObject({
      message: 'job.json: epochs and --folds exclude each other',
    });
    expect(new FlagPlaces().renamed(error)).toBe(error);
  });
});
