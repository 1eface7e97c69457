/** Text as it stands on a terminal: what must not get there, and how many columns it takes. */

/** Control characters, line separators, and what turns the direction of the text after it. */
const misleading = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * The text with its control characters as escapes: `\n`, `\x1b`, `\u202e`. Names come from files of
 * other people, and a terminal obeys what stands in them.
 */
export function visibleText(text: string): string {
  return text.replace(misleading, (character) => shortEscapes[character] ?? escaped(character));
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
}

/** JSON on one line, of the same value, in which nothing misleads a terminal. */
export function visibleJson(value: unknown): string {
  // JSON.stringify escapes the control characters below the blank, and no others.
  return JSON.stringify(value).replace(
    misleading,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text of which every character takes one column. */
const plain = /^[ -~]*$/;
const noColumns = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const emoji = /\p{Emoji_Presentation}|\ufe0f/u;
/** First characters of what terminals draw two columns wide, after the East Asian Width of Unicode. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u;

let segmenter: Intl.Segmenter | undefined;

/** What readers take for one character, of however many code points. */
function charactersOf(text: string): Intl.Segments {
  // Made when it is needed: most texts are plain.
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

/** Columns of a terminal that the text takes: two for each Chinese character or emoji. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const { segment } of charactersOf(text)) width += characterWidth(segment);
  return width;
}

function characterWidth(character: string): number {
  if (noColumns.test(character)) return 0;
  return emoji.test(character) || wide.test(character) ? 2 : 1;
}

/** The beginning of the text that finds room in so many columns. */
export function cutToWidth(text: string, width: number): string {
  if (plain.test(text)) return text.slice(0, width);
  let room = width;
  let end = 0;
  for (const { segment, index } of charactersOf(text)) {
    room -= characterWidth(segment);
    if (room < 0) return text.slice(0, end);
    end = index + segment.length;
  }
  return text;
}
