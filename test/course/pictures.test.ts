import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { histograms, images, lineChart, save } from '../../lib/course/index.js';
import { scaleFor, tickText } from '../../lib/course/pictures/scales.js';
import { svgFile } from '../../lib/course/pictures/svg.js';
import { ArgumentError, matrix } from '../../lib/index.js';

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

describe('a scale', () => {
  test('of values has round ticks within them', () => {
    expect(scaleFor([0, 1], 0, 100).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(scaleFor([3, 1000], 0, 100).ticks).toEqual([200, 400, 600, 800, 1000]);
    expect(scaleFor([0, 1], 0, 100).at(0.25)).toBe(25);
    expect(scaleFor([0, 1], 100, 0).at(0.25)).toBe(75);
  });

  test('of factors has powers of ten, or what lies between them', () => {
    expect(scaleFor([1e-4, 1], 0, 100, true).ticks).toEqual([1e-4, 1e-3, 1e-2, 0.1, 1]);
    expect(scaleFor([2, 6], 0, 100, true).ticks).toEqual([2, 3, 5]);
    expect(scaleFor([1, 32], 0, 100, true).ticks).toEqual([1, 2, 5, 10, 20]);
    expect(scaleFor([0.05, 2], 0, 100, true).ticks).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(scaleFor([1e-12, 1], 0, 100, true).ticks).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
    expect(Number.isFinite(scaleFor([1, 10], 0, 100, true).at(0))).toBe(false);
  });

  test('of no values, of one, and of those that are not finite has a place for what there is', () => {
    expect(scaleFor([], 0, 100).ticks).toEqual([]);
    expect(scaleFor([5, 5], 0, 100).at(5)).toBe(0);
    expect(scaleFor([1, Number.NaN, Number.POSITIVE_INFINITY, 3], 0, 100).at(2)).toBe(50);
  });

  test('writes its ticks as people do', () => {
    expect([0, 0.05, 1, 2000, 1e5, 1e-6, 1e-3].map(tickText)).toEqual(
      ['0', '0.05', '1', '2000', '1e5', '1e-6', '0.001'], // as they stand on axes
    );
  });
});

describe('a line chart', () => {
  test('has its words, a line for each series, and points where they belong', () => {
    const series = { 'a < b': [1, 2, 4], second: [[1, 3] as const, [3, 1] as const] };
    const { content, width, height } = lineChart({ title: 'Title', x: 'across', y: 'up', series });
    expect(content).toContain('a &lt; b');
    for (const word of ['Title', 'across', 'up', 'second']) expect(content).toContain(`>${word}<`);
    expect(count(content, /<path /g)).toBe(2);
    expect(count(content, /<circle /g)).toBe(5);
    expect([width, height].every((side) => side > 300)).toBe(true);
  });

  test('leaves out what an axis has no place for', () => {
    const series = { one: [0, Number.NaN, 10, 100] };
    const chart = { title: '', x: '', y: '', series };
    const { content } = lineChart({ ...chart, logarithmic: 'y', scattered: true });
    expect(count(content, /<circle /g)).toBe(2);
    expect(content).not.toMatch(/NaN|Infinity|undefined|<path/);
    expect(lineChart({ ...chart, series: { none: [] } }).content).not.toMatch(/NaN|Infinity/);
  });
});

test('histograms have bars for what is in their range, and count the rest at the ends', () => {
  const rows = {
    'first row': [
      [0, 0, 0.5],
      [9, -9],
    ],
    second: [[]],
  };
  const { content } = histograms({ title: '', columns: 'layer', range: [-1, 1], rows });
  expect(content).toContain('>layer 2<');
  const bars = [...content.matchAll(/d="([^"]*)"/g)].map(([, path = '']) => count(path, /M/g));
  expect(bars).toEqual([2, 2, 0]);
});

test('histograms of what is symmetric are so: saturated units at -1 and 1, and those at 0', () => {
  const rows = { tanh: [Float32Array.of(-1, -1, 0, 1, 1)] };
  const { content, width } = histograms({ title: '', columns: 'layer', range: [-2, 2], rows });
  const bars = [...content.matchAll(/M([\d.]+) \d+v-([\d.]+)h([\d.]+)/g)];
  const middles = bars.map(([, left = '', , wide = '']) => Number(left) + Number(wide) / 2);
  const ends =
    content
      .match(/<line x1="([\d.]+)" x2="([\d.]+)"/)
      ?.slice(1)
      .map(Number) ?? [];
  const middle = ((ends[0] ?? 0) + (ends[1] ?? 0)) / 2;
  expect(width).toBeGreaterThan(middle);
  expect(middles).toHaveLength(3);
  expect(middles[1]).toBeCloseTo(middle, 1);
  expect((middles[0] ?? 0) + (middles[2] ?? 0)).toBeCloseTo(2 * middle, 1);
});

test('images are PNG of the ink that they have', () => {
  const values = Float32Array.of(0, 1, 0.5, 2, -3, 0, 3, 0);
  const matrix = { values, rows: 2, columns: 4 };
  const rows = { ink: matrix, weights: matrix };
  const { content } = images({ title: '', rows, weights: ['weights'] });
  const pixels = [...content.matchAll(/base64,([^"]*)/g)].map(([, data = '']) => [
    ...decode(Buffer.from(data, 'base64')).data,
  ]);
  expect(pixels).toEqual([
    [255, 0, 128, 0],
    [255, 255, 0, 255],
    [128, 64, 96, 0],
    [255, 128, 0, 128],
  ]);
});

describe('what is given to a picture', () => {
  const chart = { title: '', x: '', y: '', series: { one: [1, 2] } };
  const rowsOf = (columns: number) => ({
    one: { values: new Float32Array(2 * columns), rows: 2, columns },
  });
  test.each<[string, () => unknown, string]>([
    ['no object', () => lineChart(null as never), 'chart'],
    ['a name that there is not', () => lineChart({ ...chart, serie: {} } as never), 'serie'],
    ['no title', () => lineChart({ ...chart, title: 1 } as never), 'title'],
    ['no line', () => lineChart({ ...chart, series: {} }), 'series'],
    ['a word', () => lineChart({ ...chart, series: { a: ['1'] } } as never), 'series.a[0]'],
    [
      'half a point',
      () => lineChart({ ...chart, series: { a: [[1]] } } as never),
      'series.a[0][1]',
    ],
    ['another axis', () => lineChart({ ...chart, logarithmic: 'z' } as never), 'logarithmic'],
    [
      'an empty range',
      () => histograms({ title: '', columns: '', range: [1, 1], rows: { a: [[1]] } }),
      'range',
    ],
    [
      'one histogram in place of several',
      () => histograms({ title: '', columns: '', range: [0, 1], rows: { a: [1, 2] } } as never),
      'rows.a[0]',
    ],
    ['no matrix', () => images({ title: '', rows: { a: [1] } } as never), 'rows.a'],
    [
      'images that are not square',
      () => images({ title: '', rows: rowsOf(10) }),
      'rows.one.columns',
    ],
    [
      'weights that are not there',
      () => images({ title: '', rows: rowsOf(9), weights: ['two'] }),
      'weights[0]',
    ],
  ])('is refused where it is %s', (_, draw, path) => {
    const error = errorOf(draw);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error).toMatchObject({ path });
  });

  test('may be bytes, and values of a training that has failed', () => {
    const bytes = matrix(Uint8Array.of(0, 255, 51, 0), 1, 4, { scale: 1 / 255 });
    const values = Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 0);
    const { content } = images({
      title: '',
      rows: {
        bytes,
        failed: { values, rows: 1, columns: 4 },
        none: matrix(new Float32Array(4), 1, 4),
      },
      weights: ['none'],
    });
    const pixels = [...content.matchAll(/base64,([^"]*)/g)].map(([, data = '']) => [
      ...decode(Buffer.from(data, 'base64')).data,
    ]);
    expect(pixels).toEqual([
      [255, 0, 204, 255],
      [255, 0, 0, 255],
      [128, 128, 128, 128],
    ]);
    const failed = { a: [[Number.NaN, Number.POSITIVE_INFINITY, 0]] };
    const drawn = histograms({ title: '', columns: '', range: [-1, 1], rows: failed }).content;
    expect(drawn).not.toMatch(/NaN|Infinity/);
    expect(count(drawn, /M[\d.]+ \d+v/g)).toBe(2);
  });
});

function errorOf(draw: () => unknown): unknown {
  try {
    return draw();
  } catch (error) {
    return error;
  }
}

describe('save', () => {
  let folder = '';
  const picture = { title: 'T & T', content: '<g></g>', width: 10, height: 20 };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layerwise-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('writes a file of SVG, also in place of an older one', async () => {
    const path = join(folder, 'one.svg');
    await save({ ...picture, title: 'older' }, path);
    await save(picture, path);
    const text = await readFile(path, 'utf8');
    expect(text).toBe(svgFile(picture));
    expect(text).toMatch(
      /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg" [^>]*viewBox="0 0 10 20"/,
    );
    expect(text).toContain('<title>T &amp; T</title>');
  });

  test.each(['<svg xmlns="http://www.w3.org/2000/svg"></svg>', '', 'x'])(
    'leaves another file alone: %o',
    async (content) => {
      const path = join(folder, 'other.svg');
      await writeFile(path, content);
      await expect(save(picture, path)).rejects.toThrow(ArgumentError);
      await expect(save(picture, path)).rejects.toThrow(/other\.svg: .*received another file/);
      expect(await readFile(path, 'utf8')).toBe(content);
      expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/tmp|draft/));
    },
  );

  test('refuses what is no name of a file', async () => {
    await expect(save(picture, folder)).rejects.toThrow(ArgumentError);
    await expect(save(picture, join(folder, 'absent/x.svg'))).rejects.toThrow(/ENOENT|folder/);
    await expect(save(picture, '')).rejects.toThrow(ArgumentError);
  });

  test('refuses what is no picture', async () => {
    const path = join(folder, 'none.svg');
    await expect(save({ ...picture, content: 1 } as never, path)).rejects.toThrow(
      /picture.content/,
    );
    await expect(save(undefined as never, path)).rejects.toThrow(ArgumentError);
  });

  test('refuses the name of another format, which it does not write', async () => {
    const path = join(folder, 'picture.png');
    await expect(save(picture, path)).rejects.toThrow(ArgumentError);
    await expect(save(picture, path)).rejects.toThrow(/a name in \.svg/);
    expect(await readdir(folder)).not.toContain('picture.png');
    await save(picture, join(folder, 'PICTURE.SVG'));
  });
});
