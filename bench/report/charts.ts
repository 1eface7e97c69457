import { cards, gemmForms, predictionBatches } from '../cards.js';
import { importPackage } from '../common/packages.js';
import { growthSeries } from '../growthCards.js';
import { drivers } from '../suite/drivers.js';
import type { Report, TrainingResult } from '../suite/results.js';
import { pointsOf, slope } from './growth.js';
import { shapeName, titleOf } from './names.js';

/** The charts of the page in docs/, drawn as SVG without a browser. */
export interface Chart {
  readonly name: string;
  readonly title: string;
  readonly height: number;
  /** For echarts. */
  readonly option: object;
}

interface Series {
  readonly name: string;
  readonly color: string;
  readonly values: readonly (number | null)[];
}

const width = 860;

/** The same colour for a framework in every chart (after Okabe and Ito, told apart by the colour-blind). */
const colors: Readonly<Record<string, string>> = {
  layerwise: '#d55e00',
  'layerwise-bf16': '#e69f00',
  torch: '#0072b2',
  'torch-bf16': '#4d9fd0',
  jax: '#56b4e9',
  'tfjs-node': '#009e73',
  'tfjs-wasm': '#66c2a5',
  brain: '#999999',
  onnxruntime: '#cc79a7',
  'onnxruntime-web': '#e7b3d0',
};

const formTitles = {
  forward: 'forward',
  inputGradient: 'gradient of the input',
  weightGradient: 'gradient of the weights',
} as const;
const formColors = { forward: '#d55e00', inputGradient: '#0072b2', weightGradient: '#009e73' };

interface BarOptions {
  readonly name: string;
  readonly title: string;
  readonly subtitle: string;
  readonly categories: readonly string[];
  readonly series: readonly Series[];
  readonly logarithmic?: boolean;
  readonly unit?: string;
  readonly maximum?: number;
}

/** Grouped horizontal bars, the first category on top. */
function bars(options: BarOptions): Chart {
  const { name, title, subtitle, categories, series, logarithmic = false } = options;
  const barHeight = 11;
  const height = 130 + categories.length * (series.length * barHeight + 16);
  const suffix = options.unit ?? '';
  return {
    name,
    title,
    height,
    option: {
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: 'system-ui, Helvetica, Arial, sans-serif' },
      title: { text: title, subtext: subtitle, left: 12, top: 8, textStyle: { fontSize: 16 } },
      legend: {
        top: 52,
        left: 12,
        itemHeight: 10,
        itemGap: 18,
        data: series.map((row) => row.name),
      },
      grid: { left: 12, right: 60, top: 88, bottom: 12, containLabel: true },
      xAxis: {
        type: logarithmic ? 'log' : 'value',
        position: 'top',
        ...(options.maximum !== undefined && { max: options.maximum }),
        axisLabel: { formatter: `{value}${suffix}` },
      },
      yAxis: { type: 'category', inverse: true, data: categories, axisTick: { show: false } },
      series: series.map((row) => ({
        type: 'bar',
        name: row.name,
        itemStyle: { color: row.color },
        barGap: '5%',
        barCategoryGap: '22%',
        data: row.values.map((value) => (value === null ? '-' : Number(value.toPrecision(3)))),
        label: {
          show: true,
          position: 'right',
          fontSize: 9,
          color: '#444444',
          formatter: `{c}${suffix}`,
        },
      })),
    },
  };
}

function measuredCards(report: Report): string[] {
  return cards
    .map((card) => card.name)
    .filter((name) => report.training.some((row) => row.card === name && row.rowsPerSecond));
}

function seriesOfDrivers(
  names: readonly string[],
  valuesOf: (driver: string) => (number | null)[],
): Series[] {
  return names
    .map((driver) => ({
      name: titleOf(driver),
      color: colors[driver] ?? '#777777',
      values: valuesOf(driver),
    }))
    .filter((series) => series.values.some((value) => value !== null));
}

const driverNames = drivers.map((driver) => driver.name);

function findTraining(report: Report, card: string, driver: string, threads: number) {
  return report.training.find(
    (row: TrainingResult) => row.card === card && row.driver === driver && row.threads === threads,
  );
}

function trainingShare(report: Report): Chart | null {
  const categories = measuredCards(report);
  const competitors = driverNames.filter((name) => !name.endsWith('bf16'));
  const series = seriesOfDrivers(competitors, (driver) =>
    categories.map((card) => {
      const share = findTraining(report, card, driver, 1)?.share;
      return share === undefined ? null : share * 100;
    }),
  );
  if (series.length === 0) return null;
  return bars({
    name: 'training-share',
    title: 'Training: share of what the processor can do',
    subtitle:
      'Operations per second as a share of the multiply-add peak, one thread, single precision',
    categories,
    series,
    unit: ' %',
    maximum: 100,
  });
}

function trainingSpeedup(report: Report): Chart | null {
  const categories = measuredCards(report);
  const others = driverNames.filter(
    (name) => !name.startsWith('layerwise') && !name.endsWith('bf16'),
  );
  const threads = Math.max(1, ...report.training.map((row) => row.threads));
  const rateOf = (card: string, driver: string) =>
    findTraining(report, card, driver, threads)?.rowsPerSecond ??
    findTraining(report, card, driver, 1)?.rowsPerSecond;
  const series = seriesOfDrivers(others, (driver) =>
    categories.map((card) => {
      const ours = rateOf(card, 'layerwise');
      const theirs = rateOf(card, driver);
      return ours === undefined || theirs === undefined ? null : ours / theirs;
    }),
  );
  if (series.length === 0) return null;
  return bars({
    name: 'training-speedup',
    title: 'Training: how many times faster layerwise is',
    subtitle: `Rows per second beside each framework with all threads that it can use, up to ${threads}`,
    categories,
    series,
    unit: ' ×',
    logarithmic: true,
  });
}

function predictionLatency(report: Report): Chart | null {
  const categories = predictionBatches.map((batch) => `batch ${batch}`);
  const series = seriesOfDrivers(driverNames, (driver) =>
    predictionBatches.map((batch) => {
      const result = report.prediction.find(
        (row) => row.driver === driver && row.batch === batch && row.threads === 1,
      );
      return result?.secondsPerCall === undefined ? null : result.secondsPerCall * 1e6;
    }),
  );
  if (series.length === 0) return null;
  return bars({
    name: 'prediction-latency',
    title: 'Prediction: microseconds a call',
    subtitle: 'The network 784-512-256-10, one thread; shorter is better',
    categories,
    series,
    logarithmic: true,
  });
}

function matrixProducts(report: Report): Chart | null {
  const set = report.ceilings?.instructionSet;
  const results = report.gemm.filter((row) => row.set === set && row.threads === 1);
  if (results.length === 0) return null;
  const categories = [...new Set(results.map(shapeName))];
  const series = gemmForms.map((form) => ({
    name: formTitles[form],
    color: formColors[form],
    values: categories.map((shape) => {
      const result = results.find((row) => row.form === form && shapeName(row) === shape);
      return result === undefined ? null : result.share * 100;
    }),
  }));
  return bars({
    name: 'matrix-products',
    title: 'Matrix products: share of the multiply-add peak',
    subtitle: `batch × inputs × outputs, one thread, ${set}`,
    categories,
    series,
    unit: ' %',
    maximum: 100,
  });
}

function mnistAccuracy(report: Report): Chart | null {
  const done = report.accuracyJobs.filter((job) => job.seconds !== undefined);
  if (done.length === 0) return null;
  return bars({
    name: 'mnist-accuracy',
    title: 'MNIST: seconds to 98 % of the test images',
    subtitle: 'From the call that trains, tests included, all threads',
    categories: ['784-512-256-10'],
    series: seriesOfDrivers(
      done.map((job) => job.driver),
      (driver) => [done.find((job) => job.driver === driver)?.seconds ?? null],
    ),
    unit: ' s',
  });
}

const growthColors: Readonly<Record<string, string>> = {
  rows: '#d55e00',
  width: '#0072b2',
  depth: '#009e73',
  models: '#cc79a7',
};

/** Time over work, both in logarithms: a straight line of slope 1 is time in proportion to the work. */
function growth(report: Report): Chart | null {
  const series = growthSeries
    .map((row) => ({ ...row, points: pointsOf(report, row) }))
    .filter(({ points }) => points.length > 1);
  if (series.length === 0) return null;
  const title = 'Training: time of an epoch while its work grows';
  const label = (row: (typeof series)[number]) =>
    `${row.what}: slope ${slope(row.points).toFixed(2)}`;
  const axis = { type: 'log', nameLocation: 'middle' } as const;
  return {
    name: 'growth',
    title,
    height: 460,
    option: {
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: 'system-ui, Helvetica, Arial, sans-serif' },
      title: { text: title, subtext: 'One thread', left: 12, top: 8, textStyle: { fontSize: 16 } },
      legend: { top: 52, left: 12, orient: 'vertical', data: series.map(label) },
      grid: { left: 40, right: 30, top: 140, bottom: 36, containLabel: true },
      xAxis: { ...axis, name: 'operations of the matrix products', nameGap: 26 },
      yAxis: { ...axis, name: 'seconds', nameGap: 46 },
      series: series.map((row) => ({
        type: 'line',
        name: label(row),
        color: growthColors[row.name] ?? '#777777',
        data: row.points.map(({ operations, seconds }) => [
          Number(operations.toPrecision(4)),
          Number(seconds.toPrecision(3)),
        ]),
      })),
    },
  };
}

export function chartsOf(report: Report): Chart[] {
  const makers = [
    trainingShare,
    trainingSpeedup,
    predictionLatency,
    matrixProducts,
    mnistAccuracy,
    growth,
  ];
  return makers.map((make) => make(report)).filter((chart) => chart !== null);
}

interface ChartInstance {
  setOption(option: object): void;
  renderToSVGString(): string;
  dispose(): void;
}

interface Echarts {
  init(
    element: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ): ChartInstance;
}

/** Null when echarts is not installed. */
export async function renderChart({ title, option, height }: Chart): Promise<string | null> {
  let echarts: Echarts;
  try {
    echarts = await importPackage<Echarts>('echarts');
  } catch {
    return null;
  }
  const instance = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  instance.setOption(option);
  const svg = instance.renderToSVGString();
  instance.dispose();
  // For those who hear the page.
  return svg
    .replace(/^<svg\b[^>]*/, (tag) => `${tag} role="img"`)
    .replace('>', `><title>${title}</title>`);
}
