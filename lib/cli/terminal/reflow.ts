import { displayWidth } from '../../displayText.js';
import { wrappedLines } from './wrappedText.js';

/** Words of the width of a line, and what stands before them: `  130  `, or blanks alone. */
const lead = /^ +(?:\S+ {2,})?/;

/**
 * A text of ours for a narrower terminal than it is written for. Lines that begin at the margin are joined
 * to paragraphs; those that are moved in stay lines of their own, and go on below their text.
 */
export function reflowed(text: string, width: number): string {
  const lines = text.split('\n');
  if (lines.every((line) => displayWidth(line) <= width)) return text;
  const shown: string[] = [];
  let paragraph: string[] = [];
  const end = () => {
    if (paragraph.length > 0) shown.push(...wrappedLines(paragraph.join(' '), width));
    paragraph = [];
  };
  for (const line of lines) {
    if (line !== '' && !line.startsWith(' ')) {
      paragraph.push(line);
      continue;
    }
    end();
    shown.push(...movedIn(line, width));
  }
  end();
  return shown.join('\n');
}

function movedIn(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const [head = ''] = lead.exec(line) ?? [];
  const room = Math.max(20, width - head.length);
  return wrappedLines(line.slice(head.length), room).map((part, index) =>
    index === 0 ? head + part : ' '.repeat(head.length) + part,
  );
}
