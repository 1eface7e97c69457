import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CardLayer, cardByName, cards } from '../../bench/cards.js';
import { parseCommand } from '../../bench/commandLine.js';
import { denseParameters } from '../../bench/common/parameters.js';
import { median, quantile, spread } from '../../bench/common/statistics.js';
import { growthSeries } from '../../bench/growthCards.js';
import { trainingOperations } from '../../bench/operations.js';
import { besideMarkdown } from '../../bench/report/beside.js';
import { chartsOf } from '../../bench/report/charts.js';
import { slope } from '../../bench/report/growth.js';
import { markdownOf } from '../../bench/report/markdown.js';
import { classNameOf, entryOf, keepEntry } from '../../bench/report/processorClass.js';
import type { Report, TrainingResult } from '../../bench/suite/results.js';
import { compareWithTargets } from '../../bench/targets.js';

function training(driver: string, threads: number, rowsPerSecond: number, loss = 0.5) {
  const result: TrainingResult = { card: 'mlp-mnist', driver, threads, rowsPerSecond, loss };
  return { ...result, share: rowsPerSecond / 100_000, rounds: [rowsPerSecond], version: '1.0' };
}

const report: Report = {
  date: '2025-01-02T03:04:05.000Z',
  version: '1.2.3',
  quick: false,
  complete: true,
  machine: {
    processor: 'A Processor',
    threads: 2,
    memoryBytes: 2 ** 33,
    load: 0,
    system: 'Linux x64',
    node: 'v20',
  },
  seconds: 60,
  training: [
    training('layerwise', 1, 84_000),
    training('layerwise', 2, 150_000),
    training('jax', 1, 70_000),
    training('torch', 1, 20_000, 0.7),
    { card: 'mlp-mnist', driver: 'tfjs-node', threads: 1, missing: 'not installed' },
  ],
  gemm: [],
  prediction: [],
  imports: [],
  installs: [],
  accuracyJobs: [],
  oddSizes: [],
  busyNeighbours: [],
  growth: [],
};

describe('statistics', () => {
  test('takes the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect(quantile([5, 1, 2, 3, 4], 0.25)).toBe(2);
    expect(quantile([4, 1, 2, 3], 0.25)).toBe(1.75);
  });

  test('gives half the distance of the extremes, relative to the median', () => {
    expect(spread([9, 10, 11])).toBeCloseTo(0.1);
    expect(spread([10])).toBe(0);
  });
});

test('sets threads beside one thread, with the processor time that they take', () => {
  const predicted = (driver: string, threads: number, quarterSecondsPerCall: number) => ({
    ...{ driver, threads, batch: 1, secondsPerCall: 2 * quarterSecondsPerCall },
    ...{ quarterSecondsPerCall, cpuSecondsPerCall: threads * quarterSecondsPerCall },
  });
  const prediction = [
    predicted('layerwise', 1, 60e-6),
    predicted('layerwise', 2, 15e-6),
    predicted('brain', 1, 1e-3),
  ];
  const text = markdownOf({ ...report, prediction });
  expect(text).toContain('## Prediction by threads');
  expect(text).toContain('| 1 | layerwise | 60.0 µs | 15.0 µs | 4.00 × | 60.0 µs | 30.0 µs |');
  expect(markdownOf(report)).not.toContain('## Prediction by threads');
});

describe('cards', () => {
  test('counts real operations: no gradient of the input in the first layer', () => {
    expect(trainingOperations(cardByName('mlp-mnist'))).toBe(
      2 * (2 * 784 * 512 + 3 * (512 * 256 + 256 * 10)),
    );
    expect(trainingOperations(cardByName('wide'))).toBe(2 * 2048 * 2048 * (2 + 3 + 3));
  });

  test('names layers as PyTorch does', () => {
    const modules = (name: string) =>
      denseParameters(cardByName(name)).map((layer) => layer.module);
    expect(modules('mlp-mnist')).toEqual([0, 2, 4]);
    expect(modules('mlp-mnist-bn')).toEqual([0, 3, 6]);
  });

  test.each(cards)('$name has whole batches and targets that fit', (card) => {
    const last = card.layers.at(-1) as CardLayer;
    expect(card.rows % card.batchSize).toBe(0);
    if (card.targets === 'inputs') expect(last.units).toBe(card.inputs);
    if (card.loss === 'crossEntropy') expect(last.activation).toBe('softmax');
  });
});

describe('targets', () => {
  const outcomes = compareWithTargets(report);
  const find = (what: string) => outcomes.find((outcome) => outcome.target.what === what);

  test('tells met from missed and from not measured', () => {
    expect(find('mlp-mnist, 1 thread: share of the peak')).toMatchObject({ met: true });
    expect(find('mlp-mnist, 1 thread: × JAX')).toMatchObject({ value: 1.2, met: false });
    expect(find('mlp-mnist, 1 thread: × the faster of JAX and PyTorch')).toMatchObject({
      value: 1.2,
      met: false,
    });
    expect(find('mlp-mnist, 2 threads: × 1 thread')?.value).toBeCloseTo(150 / 84);
    expect(find('mlp-mnist, 1 thread: × tfjs-node')).toMatchObject({ value: null, met: null });
  });
});

describe('the report', () => {
  const text = markdownOf(report);

  test('gives every driver with its figure, or why there is none', () => {
    expect(text).toContain('| layerwise | 1 | 84.0k |');
    expect(text).toContain('| tfjs-node | 1 | not installed |');
    expect(text).toContain('**missed**');
  });

  test('points out a loss that differs from the others', () => {
    expect(text).toContain('**0.70000 differs**');
    expect(text.match(/differs/g)).toHaveLength(1);
  });

  test('leaves out what was not measured', () => {
    expect(text).not.toContain('## Prediction');
    expect(chartsOf(report).map((chart) => chart.name)).toEqual([
      'training-share',
      'training-speedup',
    ]);
  });
});

describe('growing work', () => {
  const points = [1, 2, 4].map((size) => ({
    series: 'width',
    size,
    operations: 1e6 * size ** 2,
    seconds: 1e-3 * size ** 2,
  }));
  const grown = { ...report, growth: points };

  test('has the slope of the time over the work, both in logarithms', () => {
    expect(slope(points)).toBeCloseTo(1);
    const roots = points.map((point) => ({ ...point, seconds: point.seconds ** 0.5 }));
    expect(slope(roots)).toBeCloseTo(0.5);
  });

  test('is a row for each thing that grows, and a line in the chart', () => {
    expect(markdownOf(grown)).toContain(
      '| units of three layers of one width | 1.00 | 4.00 | 1.00 ms to 16.0 ms | 1.00 GFLOP/s | 1.00 |',
    );
    expect(chartsOf(grown).map((chart) => chart.name)).toContain('growth');
  });

  test.each(growthSeries)('$name: the work grows with every size', ({ sizes, cardOf }) => {
    const work = sizes.map(cardOf).map((card) => trainingOperations(card) * card.rows);
    expect(work).toEqual([...new Set(work)].sort((a, b) => a - b));
  });
});

describe('classes of processors', () => {
  const peak = (precision: 'fp32' | 'bf16', operationsPerSecond: number) => ({
    set: 'avx512',
    precision,
    threads: 1,
    operationsPerSecond,
  });
  const named = (processor: string, bf16?: number) =>
    classNameOf({
      ...report,
      machine: { ...report.machine, processor },
      ceilings: {
        instructionSet: 'avx512',
        peaks: [peak('fp32', 1e11), ...(bf16 === undefined ? [] : [peak('bf16', bf16)])],
        copies: [],
      },
    });

  test('are told apart by make, instruction set and what multiplies bfloat16 numbers', () => {
    expect(named('AMD EPYC', 2e11)).toBe('AMD, AVX-512 with bfloat16');
    expect(named('Intel(R) Xeon(R)', 12e11)).toBe('Intel, AVX-512 with AMX');
    expect(named('Intel(R) Xeon(R)')).toBe('Intel, AVX-512');
  });

  test('keep the last run of each', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'layerwise-classes-'));
    const file = path.join(folder, 'classes.json');
    const first = { ...entryOf(report), name: 'one', date: '2025-01-01' };
    keepEntry(file, first);
    keepEntry(file, { ...first, name: 'other', date: '2025-01-03' });
    const kept = keepEntry(file, { ...first, date: '2025-01-02', version: '2.0.0' });
    expect(kept.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'other 1.2.3',
      'one 2.0.0',
    ]);
    const text = markdownOf(report, undefined, kept);
    expect(text).toContain('last measured on 2025-01-02');
    expect(text).toContain('| mlp-mnist | 1 | 84.0k | 84.0 % | 1.20 × | 4.20 × |');
    rmSync(folder, { recursive: true });
  });
});

describe('the comparison with an older package', () => {
  const figures = { threads: 1, before: [4, 1, 2, 3, 5], now: [4, 4, 2, 4, 8] };
  const text = besideMarkdown({
    date: report.date,
    machine: report.machine,
    versions: { before: '1.2.2', now: '1.2.3' },
    seconds: 60,
    results: [
      { ...figures, work: 'training wide', sameNumbers: true },
      { ...figures, work: 'training narrow', sameNumbers: false },
    ],
  });

  test('gives both times and what they are to each other', () => {
    expect(text).toContain('# layerwise 1.2.3 beside 1.2.2');
    expect(text).toContain(
      '| training wide | 1 | 5 | 2.00 s | 4.00 s | 0.500 | 3.00 s | 4.00 s | 0.750 | the same |',
    );
  });

  test('says where the two computed other numbers', () => {
    expect(text).toMatch(/training narrow.* \| others \|/);
  });
});

describe('the command line', () => {
  test('picks cards and drivers, and then only trains', () => {
    const { complete, settings } = parseCommand(['--card', 'wide', '--driver', 'layerwise,jax']);
    expect(complete).toBe(false);
    expect(settings.cards.map((card) => card.name)).toEqual(['wide']);
    expect(settings.drivers.map((driver) => driver.name)).toEqual(['layerwise', 'jax']);
    expect(settings.parts).toEqual(['training']);
  });

  test('measures everything by default', () => {
    const { complete, settings } = parseCommand([]);
    expect(complete).toBe(true);
    expect(settings.rounds).toBe(5);
    expect(settings.cards).toHaveLength(cards.length);
  });

  test('compares with an older package by ten rounds of training and prediction', () => {
    const { beside, complete, settings } = parseCommand(['--beside', 'older']);
    expect(beside).toBe(path.resolve('older'));
    expect(complete).toBe(false);
    expect(settings.rounds).toBe(10);
    expect(settings.threads).toEqual([1]);
    expect(settings.parts).toEqual(['training', 'prediction']);
    const picked = parseCommand(['--beside', 'older', '--card', 'wide', '--rounds', '20']).settings;
    expect(picked.rounds).toBe(20);
    expect(picked.parts).toEqual(['training']);
    expect(() => parseCommand(['--beside', 'older', '--driver', 'jax'])).toThrow(/--driver/);
  });

  test('has npm install the older one, or takes a folder, not both', () => {
    const { against, beside, settings } = parseCommand(['--against', 'older.tgz', '--quick']);
    expect([against, beside]).toEqual(['older.tgz', undefined]);
    expect(settings.parts).toEqual(['training', 'prediction']);
    expect(() => parseCommand(['--against', 'a.tgz', '--beside', 'b'])).toThrow(/one of them/);
    expect(() => parseCommand(['--against', 'a.tgz', '--driver', 'jax'])).toThrow(/--driver/);
  });

  test('names what there is when a name is wrong', () => {
    expect(() => parseCommand(['--card', 'narrow'])).toThrow(/no card narrow: there are mlp-mnist/);
    expect(() => parseCommand(['--rounds', '0'])).toThrow(/positive integer/);
  });
});
