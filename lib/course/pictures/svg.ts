/** SVG as text: elements, words, and a whole file. */

/** A picture as one of the functions of this folder draws it; `save` writes it. */
export interface Picture {
  readonly title: string;
  /** Elements of SVG. */
  readonly content: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

export const colors = { ink: '#1f2933', muted: '#616e7c', grid: '#e4e7eb' } as const;

/** For the series of a chart, told apart by the colour-blind too. */
export const palette = ['#2563ab', '#d9730d', '#1b9e77', '#8a5fbf', '#c2397a', '#616e7c'] as const;

export function colorOf(index: number): string {
  return palette[index % palette.length] as string;
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes; `content` is SVG. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const pairs = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`,
  );
  return `<${name}${pairs.join('')}>${content}</${name}>`;
}

/** To a hundredth of a pixel: files stay small. */
export function rounded(value: number): number {
  return Number(value.toFixed(2));
}

export function text(content: string, x: number, y: number, attributes: Attributes = {}): string {
  const all = { x, y, fill: colors.ink, 'font-size': 14, ...attributes };
  return element('text', all, escaped(content));
}

export function heading(title: string, left = 20): string {
  return text(title, left, 34, { 'font-size': 18, 'font-weight': 600 });
}

/** How wide some words are about, in letters of 14 pixels; those of Korean are twice as wide. */
export function widthOf(words: string): number {
  return Array.from(words).reduce((sum, letter) => sum + (letter > '\u10ff' ? 14 : 7.5), 0);
}

/** What only files that were drawn here begin with. */
export const fileMark = '<svg data-drawn-by="layerwise course"';

const fonts =
  "Inter, 'Noto Sans KR', 'Malgun Gothic', 'Apple SD Gothic Neo', system-ui, sans-serif";

/** A white picture as a file; the title is for those who hear it. */
export function svgFile({ title, content, width, height }: Picture): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
    width,
    height,
    role: 'img',
    'font-family': fonts,
  };
  const ground = element('rect', { width, height, fill: '#ffffff' });
  const inside = element('title', {}, escaped(title)) + ground + content;
  return `${element('svg', attributes, inside).replace('<svg', fileMark)}\n`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
