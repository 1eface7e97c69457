import { describe, expect, test } from 'vitest';
import { reflowed } from '../../../lib/cli/terminal/reflow.js';

const text = `
A paragraph of words that stand
on several lines.

Exit codes:
  0    done; also where the reader has gone
  130  ended
`;

describe('reflowed', () => {
  test('leaves a text alone that finds room', () => {
    expect(reflowed(text, 60)).toBe(text);
  });

  test('joins paragraphs anew, and keeps lists', () => {
    expect(reflowed(text, 30)).toBe(`
A paragraph of words that
stand on several lines.

Exit codes:
  0    done; also where the
       reader has gone
  130  ended
`);
  });
});
