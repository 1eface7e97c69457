import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandWords } from '../../../lib/cli/run/commandWords.js';

describe('the command line of a run', () => {
  const folder = join('runs', '1');

  test('has what is not as it is by default, as it is typed', () => {
    const config = {
      ...{ data: '../../my rows.csv', target: 'price of it', ignore: ['id', 'a b'], hidden: [] },
      ...{ optimizer: 'adam', learningRate: 0.01, header: false, balanced: false, tied: true },
      ...{ keepCheckpoints: 2, checkpointEvery: '5m', csvLog: '/logs/epochs.csv' },
    };
    const words = commandWords(config, folder);
    expect(words).toMatch(/^layerwise train 'my rows\.csv' .* --run runs\/1 --resume$/);
    for (const one of [
      ...[
        "--target 'price of it'",
        '--hidden none',
        '--optimizer adam --learning-rate 0.01',
        '--no-header',
      ],
      ...["--ignore id 'a b'", '--tied', '--checkpoint-every 5m', '--csv-log /logs/epochs.csv'],
    ]) {
      expect(words).toContain(` ${one} `);
    }
    for (const none of ['--balanced', '--keep-checkpoints']) {
      expect(words).not.toContain(none);
    }
  });
});
