import { displayWidth, visibleText } from '../displayText.js';
import type { Painted } from './style.js';

/** Text on lines that a terminal need not break. */

type Piece = string | Painted;

/** What stands between two blanks, in the styles that it has. */
interface Word {
  /** The blanks before it. */
  readonly blanks: string;
  readonly pieces: Piece[];
  width: number;
}

/** Before every line of a paragraph but the first. */
const indent = '  ';

/**
 * The lines of a paragraph, each of at most `width` columns unless a word is longer. They end at blanks
 * alone, wherever its pieces do.
 */
export function wrapped(pieces: readonly Piece[], width: number): Piece[][] {
  let line: Piece[] = [];
  const lines = [line];
  let used = 0;
  for (const word of wordsOf(pieces)) {
    const needed = word.blanks.length + word.width;
    if (used > 0 && used + needed > width) {
      line = [indent];
      lines.push(line);
      used = indent.length + word.width;
    } else {
      addBlanks(line, word);
      used += needed;
    }
    for (const piece of word.pieces) add(line, piece);
  }
  return lines;
}

/** Blanks between words of one style have it too. */
function addBlanks(line: Piece[], { blanks, pieces }: Word): void {
  const [last, next] = [line[line.length - 1], pieces[0]];
  const isWithin = last !== undefined && next !== undefined && styleOf(last) === styleOf(next);
  add(line, isWithin ? withText(next, blanks) : blanks);
}

function add(line: Piece[], piece: Piece): void {
  const last = line[line.length - 1];
  if (last !== undefined && styleOf(last) === styleOf(piece)) {
    line[line.length - 1] = withText(piece, textOf(last) + textOf(piece));
  } else if (textOf(piece) !== '') line.push(piece);
}

function wordsOf(pieces: readonly Piece[]): Word[] {
  const words: Word[] = [];
  // Null within a word, which may go on in the next piece.
  let blanks: string | null = '';
  for (const piece of pieces) {
    for (const part of visibleText(textOf(piece)).split(/( +)/)) {
      if (part === '') continue;
      if (part.startsWith(' ')) {
        blanks = (blanks ?? '') + part;
        continue;
      }
      if (blanks !== null) words.push({ blanks, pieces: [], width: 0 });
      const word = words[words.length - 1] as Word;
      word.pieces.push(withText(piece, part));
      word.width += displayWidth(part);
      blanks = null;
    }
  }
  return words;
}

function textOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece.text;
}

function styleOf(piece: Piece): Painted['style'] | null {
  return typeof piece === 'string' ? null : piece.style;
}

function withText(piece: Piece, text: string): Piece {
  return typeof piece === 'string' ? text : { ...piece, text };
}
