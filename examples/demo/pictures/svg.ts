import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/** SVG as text, and SVG to PNG with a font of our own: a fresh machine may have none. */

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

type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes; `content` is SVG. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return `<${name}${pairs.join('')}>${content}</${name}>`;
}

export function text(content: string, x: number, y: number, attributes: Attributes = {}): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return element('text', { x, y, fill: colors.ink, 'font-size': 14, ...attributes }, escaped);
}

/** A white picture as PNG, `zoom` times as large as its coordinates say. */
export function renderPng(content: string, width: number, height: number, zoom: number): Buffer {
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
