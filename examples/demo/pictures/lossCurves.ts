import { type ScaleLinear, scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import type { EpochResult } from 'layerwise';
import type { Phase, TrainingResult } from '../training.js';
import { colors, element, renderPng, text } from './svg.js';

/** Loss by epoch, one chart for each training. */

export interface Curves {
  readonly title: string;
  /** What the loss is. */
  readonly loss: string;
  readonly training: TrainingResult;
}

const width = 560;
const height = 412;
const margin = { left: 84, right: 24, top: 104, bottom: 62 };
const plot = {
  left: margin.left,
  right: width - margin.right,
  top: margin.top,
  bottom: height - margin.bottom,
};

const series = [
  { name: 'training', color: colors.training, lossOf: (epoch: EpochResult) => epoch.loss },
  {
    name: 'validation',
    color: colors.validation,
    lossOf: (epoch: EpochResult) => epoch.validation?.loss ?? Number.NaN,
  },
];

interface Scales {
  readonly x: ScaleLinear<number, number>;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

/** The charts side by side, as PNG. */
export function lossCurves(charts: readonly Curves[]): Buffer {
  const parts = charts.map((curves, index) =>
    element('g', { transform: `translate(${index * width} 0)` }, chart(curves)),
  );
  return renderPng(parts.join(''), charts.length * width, height, 2);
}

function chart({ title, loss, training }: Curves): string {
  const { epochs, phases } = training;
  const scales = scalesOf(epochs);
  return [
    text(title, plot.left, 36, { 'font-size': 18, 'font-weight': 600 }),
    legend(),
    axes(scales, loss, epochs.length),
    learningRates(scales, phases),
    ...series.map(({ color, lossOf }) => curve(scales, epochs, color, lossOf)),
  ].join('');
}

function scalesOf(epochs: readonly EpochResult[]): Scales {
  const losses = series
    .flatMap(({ lossOf }) => epochs.map(lossOf))
    .filter((loss) => Number.isFinite(loss) && loss > 0);
  const last = Math.max(2, epochs.length);
  const x = scaleLinear([1, last], [plot.left + 12, plot.right - 12]);
  const range = [Math.min(...losses) / 1.15, Math.max(...losses) * 1.15];
  const y = scaleLog(range, [plot.bottom, plot.top]);
  return { x, y, ticks: readableTicks(y.ticks(), range, y) };
}

/** Those ticks of a logarithmic axis that find room, leading digits 1, 2 and 5 first. */
function readableTicks(
  ticks: readonly number[],
  [low = 0, high = 1]: readonly number[],
  y: (value: number) => number,
): number[] {
  const rankOf = (tick: number) => {
    const rank = '152'.indexOf(tick.toExponential(0).charAt(0));
    return rank === -1 ? 3 : rank;
  };
  const kept: number[] = [];
  for (const tick of ticks.toSorted((left, right) => rankOf(left) - rankOf(right))) {
    const hasRoom = kept.every((other) => Math.abs(y(other) - y(tick)) >= 24);
    if (hasRoom && tick >= low && tick <= high) kept.push(tick);
  }
  return kept;
}

function axes({ x, y, ticks }: Scales, loss: string, epochs: number): string {
  const middle = (plot.top + plot.bottom) / 2;
  const horizontal = ticks.map((tick) => {
    const at = y(tick);
    const grid = { x1: plot.left, x2: plot.right, y1: at, y2: at, stroke: colors.grid };
    const label = { fill: colors.muted, 'text-anchor': 'end' };
    return element('line', grid) + text(String(tick), plot.left - 10, at + 5, label);
  });
  const vertical = Array.from({ length: epochs }, (_, index) => {
    const label = { fill: colors.muted, 'text-anchor': 'middle' };
    return text(String(index + 1), x(index + 1), plot.bottom + 22, label);
  });
  const baseline = {
    x1: plot.left,
    x2: plot.right,
    y1: plot.bottom,
    y2: plot.bottom,
    stroke: colors.muted,
  };
  return [
    ...horizontal,
    element('line', baseline),
    ...vertical,
    text('epoch', (plot.left + plot.right) / 2, height - 16, { 'text-anchor': 'middle' }),
    text(`${loss}, logarithmic`, 20, middle, {
      'text-anchor': 'middle',
      transform: `rotate(-90 20 ${middle})`,
    }),
  ].join('');
}

function legend(): string {
  const entries = series.map(({ name, color }, index) => {
    const left = plot.left + index * 110;
    const stroke = { x1: left, x2: left + 24, y1: 60, y2: 60, stroke: color, 'stroke-width': 2.5 };
    const dot = { cx: left + 12, cy: 60, r: 3.5, fill: color };
    return element('line', stroke) + element('circle', dot) + text(name, left + 32, 65);
  });
  return entries.join('');
}

/** Where the learning rate changed, and both of its values. */
function learningRates({ x }: Scales, phases: readonly Phase[]): string {
  const [first, second] = phases;
  if (first === undefined || second === undefined) return '';
  const at = x(first.epochs + 0.5);
  const stroke = { stroke: colors.muted, 'stroke-dasharray': '4 4' };
  const note = { fill: colors.muted, 'font-size': 12 };
  const above = plot.top - 8;
  return [
    element('line', { x1: at, x2: at, y1: above - 10, y2: plot.bottom, ...stroke }),
    text(`learning rate ${first.learningRate}`, at - 8, above, { ...note, 'text-anchor': 'end' }),
    text(String(second.learningRate), at + 8, above, note),
  ].join('');
}

function curve(
  { x, y }: Scales,
  epochs: readonly EpochResult[],
  color: string,
  lossOf: (epoch: EpochResult) => number,
): string {
  const points = epochs.map((epoch, index): [number, number] => [x(index + 1), y(lossOf(epoch))]);
  const path = line()(points) ?? '';
  const dots = points.map(([cx, cy]) => element('circle', { cx, cy, r: 3.5, fill: color }));
  const stroke = { stroke: color, 'stroke-width': 2.5, 'stroke-linejoin': 'round' };
  return element('path', { d: path, fill: 'none', ...stroke }) + dots.join('');
}
