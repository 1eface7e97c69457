import type { EpochResult } from 'layerwise';
import { lineChart } from '../../pictures/lineChart.ts';
import { colors, renderPng, sideBySide } from '../../pictures/svg.ts';
import type { Phase, TrainingResult } from '../training.ts';

/** Loss by epoch, one chart for each training. */

export interface Curves {
  readonly title: string;
  /** What the loss is. */
  readonly loss: string;
  readonly training: TrainingResult;
}

const series = [
  { name: 'training', color: colors.training, lossOf: (epoch: EpochResult) => epoch.loss },
  {
    name: 'validation',
    color: colors.validation,
    lossOf: (epoch: EpochResult) => epoch.validation?.loss ?? Number.NaN,
  },
];

/** The charts side by side, as PNG. */
export function lossCurves(charts: readonly Curves[]): Buffer {
  return renderPng(sideBySide(charts.map(chart)), 2);
}

function chart({ title, loss, training: { epochs, phases } }: Curves) {
  return lineChart({
    title,
    x: { label: 'epoch', range: [1, Math.max(2, epochs.length)] },
    y: { label: `${loss}, logarithmic`, logarithmic: true },
    series: series.map(({ name, color, lossOf }) => ({
      name,
      color,
      points: epochs.map((epoch, index) => [index + 1, lossOf(epoch)] as const),
    })),
    mark: learningRates(phases),
  });
}

/** Where the learning rate changed, and both of its values. */
function learningRates([first, second]: readonly Phase[]) {
  if (first === undefined || second === undefined) return undefined;
  return {
    x: first.epochs + 0.5,
    before: `learning rate ${first.learningRate}`,
    after: String(second.learningRate),
  };
}
