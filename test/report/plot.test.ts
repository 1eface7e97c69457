import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { History } from '../../lib/index.js';
import { plot } from '../../lib/report/index.js';
import { powersBetween, ticksBetween } from '../../lib/report/plot/ticks.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'layerwise-plot-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function history(losses: readonly number[]): History {
  const epochs = losses.map((loss, index) => ({
    ...{ epoch: index + 1, epochs: losses.length, loss, metrics: { accuracy: 1 - loss } },
    validation: { loss: loss + 0.1, metrics: { accuracy: 0.9 - loss } },
    ...{ learningRate: 0.1, seconds: 1, rowsPerSecond: 1 },
  }));
  return { epochs, bestEpoch: null, statistics: [], warnings: [] } as unknown as History;
}

async function drawn(...given: Parameters<typeof plot>): Promise<string> {
  await plot(...given);
  return await readFile(given[1], 'utf8');
}

describe('plot', () => {
  test('draws training and validation, the larger the higher', async () => {
    const svg = await drawn(history([1, 0.5, 0.25]), join(folder, 'loss.svg'));
    const lines = Array.from(svg.matchAll(/<polyline points="([^"]*)"/g), ([, points = '']) =>
      points.split(' ').map((point) => point.split(',').map(Number)),
    );
    expect(lines).toHaveLength(2);
    const [training = [], validation = []] = lines;
    expect(training.map(([x]) => x)).toEqual([70, 425, 780]);
    for (const [epoch, [, y = 0]] of training.entries()) {
      expect(validation[epoch]?.[1]).toBeLessThan(y);
      expect(training[epoch + 1]?.[1] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(y);
    }
    // Halves are as far apart as each other on a logarithmic scale.
    const log = await drawn([history([1, 0.5, 0.25])], join(folder, 'log.svg'), { log: true });
    const [, points = ''] = /<polyline points="([^"]*)"/.exec(log) ?? [];
    const [a = 0, b = 0, c = 0] = points.split(' ').map((point) => Number(point.split(',')[1]));
    expect(c - b).toBeCloseTo(b - a, 0);
  });

  test('takes texts for nothing but texts', async () => {
    const title = '</title><script>alert(1)</script>\u0000&"';
    const svg = await drawn(history([1, 2]), join(folder, 'title.svg'), { title });
    expect(svg).toContain('&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;');
    expect(svg).not.toContain('<script');
  });

  test('leaves out what is not finite, and shows a single epoch as a point', async () => {
    const gap = await drawn(history([1, Number.NaN, 0.5]), join(folder, 'gap.svg'));
    expect(gap).not.toMatch(/NaN|undefined|Infinity/);
    const single = await drawn(history([1]), join(folder, 'single.svg'));
    expect(single.match(/<circle/g)).toHaveLength(2);
  });

  test('writes PNG', async () => {
    const file = join(folder, 'accuracy.png');
    await plot(history([1, 0.5]), file, { measure: 'accuracy', width: 400, height: 300 });
    const bytes = await readFile(file);
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([400, 300]);
  });

  test('says what it does not draw', async () => {
    await expect(plot(history([1]), 'loss.gif')).rejects.toThrow('ends with .svg or .png');
    const file = join(folder, 'no.svg');
    await expect(plot(history([]), file)).rejects.toThrow('one without an epoch');
    await expect(plot(history([1]), file, { measure: 'acuracy' })).rejects.toThrow(
      'what was measured: loss, accuracy',
    );
    await expect(plot({} as History, file)).rejects.toThrow('a history with epochs');
    await expect(plot(history([1]), file, { width: 10 })).rejects.toThrow('width');
  });
});

test('ticks are round, and between the ends', () => {
  expect(ticksBetween(0.03, 0.97, 5)).toEqual([0.2, 0.4, 0.6, 0.8]);
  expect(ticksBetween(1, 30, 8)).toEqual([5, 10, 15, 20, 25, 30]);
  expect(ticksBetween(2, 2, 5)).toEqual([2]);
  expect(powersBetween(0.002, 30)).toEqual([0.01, 0.1, 1, 10]);
});
