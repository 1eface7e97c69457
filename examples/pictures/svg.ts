import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/** SVG as text, as a file of its own, and as PNG with a font of our own: a fresh machine may have none. */

const require = createRequire(import.meta.url);
const fontFiles = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'].map(
  (file) => require.resolve(`@expo-google-fonts/inter/${file}`),
);

export const colors = {
  ink: '#1f2933',
  muted: '#616e7c',
  grid: '#e4e7eb',
  training: '#2563ab',
  validation: '#d9730d',
} as const;

/** For the series of a chart, told apart by the colour-blind too. */
export const palette = ['#2563ab', '#d9730d', '#1b9e77', '#8a5fbf', '#c2397a', '#616e7c'] as const;

type Attributes = Readonly<Record<string, string | number>>;

/** Content of a picture with its size. */
export interface Drawing {
  readonly content: string;
  readonly width: number;
  readonly height: number;
}

/** An element with its attributes; `content` is SVG. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${shortened(value)}"`);
  return `<${name}${pairs.join('')}>${content}</${name}>`;
}

/** Coordinates to a hundredth: files stay small, and do not differ by the last bits. */
function shortened(value: string | number): string | number {
  return typeof value === 'number' ? Number(value.toFixed(2)) : value;
}

export function text(content: string, x: number, y: number, attributes: Attributes = {}): string {
  return element(
    'text',
    { x, y, fill: colors.ink, 'font-size': 14, ...attributes },
    escaped(content),
  );
}

/** Drawings from left to right. */
export function sideBySide(drawings: readonly Drawing[]): Drawing {
  let width = 0;
  const parts = drawings.map((drawing) => {
    const left = width;
    width += drawing.width;
    return element('g', { transform: `translate(${left} 0)` }, drawing.content);
  });
  const height = Math.max(...drawings.map((drawing) => drawing.height));
  return { content: parts.join(''), width, height };
}

/** A white picture as a file of SVG; `title` is for those who hear the page. */
export function svgFile({ content, width, height }: Drawing, title: string): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'font-family': 'Inter, system-ui, Helvetica, Arial, sans-serif',
  };
  const background = element('rect', { width, height, fill: '#ffffff' });
  return `${element('svg', attributes, element('title', {}, escaped(title)) + background + content)}\n`;
}

/** A white picture as PNG, `zoom` times as large as its coordinates say. */
export function renderPng({ content, width, height }: Drawing, zoom: number): Buffer {
  const svg = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width, height, 'font-family': 'Inter' },
    content,
  );
  const renderer = new Resvg(svg, {
    background: 'white',
    fitTo: { mode: 'zoom', value: zoom },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: 'Inter' },
  });
  return renderer.render().asPng();
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
