import { cards } from './cards.js';
import { limits } from './limits.js';
import type { GemmResult, Report } from './suite/results.js';

/** What layerwise wants to reach, as functions of a report, so that nobody fills in a figure by hand. */
export interface Target {
  readonly what: string;
  readonly unit: 'share' | 'times' | 'seconds';
  readonly direction: 'atLeast' | 'atMost';
  readonly limit: number;
  /** Null when the run has not measured it. */
  readonly measure: (figures: Figures) => number | null;
  /** What stands in the way where it is missed, for the report. */
  readonly limitedBy: string;
}

interface Find {
  readonly card: string;
  readonly driver?: string;
  readonly threads: number;
}

/** Looks up what targets ask for. */
export class Figures {
  readonly report: Report;
  /** The larger number of threads of the run. */
  readonly all: number;

  constructor(report: Report) {
    this.report = report;
    this.all = Math.max(1, ...report.training.map((result) => result.threads));
  }

  #training({ card, driver = 'layerwise', threads }: Find) {
    return this.report.training.find(
      (result) => result.card === card && result.driver === driver && result.threads === threads,
    );
  }

  rate(find: Find): number | null {
    return this.#training(find)?.rowsPerSecond ?? null;
  }

  share(find: Find): number | null {
    return this.#training(find)?.share ?? null;
  }

  /** The smallest share of the products that a condition picks. */
  smallestGemmShare(picks: (result: GemmResult) => boolean): number | null {
    const shares = this.report.gemm.filter(picks).map((result) => result.share);
    return shares.length === 0 ? null : Math.min(...shares);
  }

  secondsPerCall(driver: string, batch: number, threads = 1): number | null {
    const found = this.report.prediction.find(
      (result) => result.driver === driver && result.batch === batch && result.threads === threads,
    );
    return found?.secondsPerCall ?? null;
  }
}

function ratio(above: number | null, below: number | null): number | null {
  return above === null || below === null ? null : above / below;
}

/** One thread, and all threads where the run has more than one. */
function shareOfPeak(card: string, one: number, all: number): Target[] {
  return [
    {
      what: `${card}, 1 thread: share of the peak`,
      unit: 'share',
      direction: 'atLeast',
      limit: one,
      measure: (figures) => figures.share({ card, threads: 1 }),
      limitedBy: limits.training,
    },
    {
      what: `${card}, all threads: share of the peak`,
      unit: 'share',
      direction: 'atLeast',
      limit: all,
      measure: (figures) =>
        figures.all === 1 ? null : figures.share({ card, threads: figures.all }),
      limitedBy: limits.threads,
    },
  ];
}

function fasterThan(
  card: string,
  driver: string,
  title: string,
  limit: number,
  limitedBy: string = limits.rival,
): Target {
  return {
    what: `${card}, 1 thread: × ${title}`,
    unit: 'times',
    direction: 'atLeast',
    limit,
    measure: (figures) =>
      ratio(figures.rate({ card, threads: 1 }), figures.rate({ card, driver, threads: 1 })),
    limitedBy,
  };
}

/** Beside the better of the two that come near. */
function fasterThanBoth(card: string, limitedBy: string = limits.rival): Target {
  return {
    what: `${card}, 1 thread: × the faster of JAX and PyTorch`,
    unit: 'times',
    direction: 'atLeast',
    limit: 1.3,
    measure: (figures) => {
      const rivals = ['jax', 'torch'].map((driver) => figures.rate({ card, driver, threads: 1 }));
      const measured = rivals.filter((rate) => rate !== null);
      if (measured.length < rivals.length) return null;
      return ratio(figures.rate({ card, threads: 1 }), Math.max(...measured));
    },
    limitedBy,
  };
}

/** Two threads beside two threads of those that come near. */
function predictionAhead(batch: number): Target {
  return {
    what: `mlp-mnist, prediction of ${batch} rows, 2 threads: × the faster of ONNX Runtime and JAX`,
    unit: 'times',
    direction: 'atLeast',
    limit: 1,
    measure: (figures) => {
      const rivals = ['onnxruntime', 'jax'].map((driver) =>
        figures.secondsPerCall(driver, batch, 2),
      );
      const measured = rivals.filter((seconds) => seconds !== null);
      if (measured.length < rivals.length) return null;
      return ratio(Math.min(...measured), figures.secondsPerCall('layerwise', batch, 2));
    },
    limitedBy: limits.copies,
  };
}

/** What a second thread brings. */
function scaling(card: string, limitedBy: string = limits.scaling): Target {
  return {
    what: `${card}, 2 threads: × 1 thread`,
    unit: 'times',
    direction: 'atLeast',
    limit: 1.7,
    measure: (figures) =>
      ratio(figures.rate({ card, threads: 2 }), figures.rate({ card, threads: 1 })),
    limitedBy,
  };
}

function bf16(card: string, one: number, all: number): Target[] {
  const target = (limit: number, which: 'one' | 'all'): Target => ({
    what: `${card} bf16, ${which === 'one' ? '1 thread' : 'all threads'}: × our fp32`,
    unit: 'times',
    direction: 'atLeast',
    limit,
    measure: (figures) => {
      const threads = which === 'one' ? 1 : figures.all;
      const driver = 'layerwise-bf16';
      return ratio(figures.rate({ card, driver, threads }), figures.rate({ card, threads }));
    },
    limitedBy: limits.bf16,
  });
  return [target(one, 'one'), target(all, 'all')];
}

const volume = ({ batch, inputs, outputs }: GemmResult) => batch * inputs * outputs;
const large = (result: GemmResult) => volume(result) >= 1024 ** 3;

function gemm(
  what: string,
  limit: number,
  picks: (r: GemmResult, f: Figures) => boolean,
  limitedBy: string = limits.gemm,
): Target {
  return {
    what: `matrix products, ${what}: smallest share of the peak`,
    unit: 'share',
    direction: 'atLeast',
    limit,
    measure: (figures) => figures.smallestGemmShare((result) => picks(result, figures)),
    limitedBy,
  };
}

const ours = ({ set }: GemmResult, { report }: Figures) => set === report.ceilings?.instructionSet;

/** Networks whose steps are long enough for several threads. */
const usualCards = ['mlp-mnist', 'mlp-mnist-bn', 'ae-mnist', 'deep-bn', 'wide', 'sigmoid-deep'];

export const targets: readonly Target[] = [
  ...shareOfPeak('mlp-mnist', 0.82, 0.78),
  fasterThan('mlp-mnist', 'jax', 'JAX', 1.3),
  fasterThan('mlp-mnist', 'torch', 'PyTorch', 2.8),
  fasterThan('mlp-mnist', 'tfjs-node', 'tfjs-node', 5),
  ...shareOfPeak('mlp-mnist-bn', 0.76, 0.7),
  ...shareOfPeak('ae-mnist', 0.76, 0.7),
  ...shareOfPeak('deep-bn', 0.7, 0.68),
  ...shareOfPeak('sigmoid-deep', 0.7, 0.66),
  ...shareOfPeak('wide', 0.82, 0.78),
  fasterThan('ae-tabular', 'jax', 'JAX', 9, limits.smallNetwork),
  fasterThan('ae-tabular', 'torch', 'PyTorch', 140, limits.smallNetwork),
  {
    // Three hundredths are the noise of the measurement.
    what: 'ae-tabular, all threads: × 1 thread (never slower, within the noise)',
    unit: 'times',
    direction: 'atLeast',
    limit: 0.97,
    measure: (figures) => {
      if (figures.all === 1) return null;
      const card = 'ae-tabular';
      return ratio(
        figures.rate({ card, threads: figures.all }),
        figures.rate({ card, threads: 1 }),
      );
    },
    limitedBy: limits.oneThread,
  },
  ...cards.map(({ name }) => fasterThanBoth(name)),
  ...[...usualCards, 'full-batch'].map((card) => scaling(card)),
  ...bf16('mlp-mnist', 1.6, 1.4),
  ...bf16('wide', 1.75, 1.7),
  gemm('1 thread, below 1024³', 0.9, (r, f) => ours(r, f) && r.threads === 1 && !large(r)),
  gemm(
    '1 thread, from 1024³',
    0.86,
    (r, f) => ours(r, f) && r.threads === 1 && large(r),
    limits.largeGemm,
  ),
  gemm(
    'all threads, from 128³',
    0.85,
    (r, f) => ours(r, f) && r.threads > 1 && volume(r) >= 128 ** 3,
  ),
  gemm('AVX2, 1 thread', 0.85, (r) => r.set === 'avx2' && r.threads === 1, limits.largeGemm),
  {
    what: 'odd sizes beside round ones: smallest ratio',
    unit: 'share',
    direction: 'atLeast',
    limit: 0.85,
    measure: ({ report }) =>
      report.oddSizes.length === 0
        ? null
        : Math.min(...report.oddSizes.map((result) => result.ratio)),
    limitedBy: limits.oddSizes,
  },
  {
    what: 'mlp-mnist, prediction of one row, synchronous',
    unit: 'seconds',
    direction: 'atMost',
    limit: 40e-6,
    measure: (figures) => figures.secondsPerCall('layerwise', 1),
    limitedBy: limits.memory,
  },
  {
    what: 'mlp-mnist, prediction of 1024 rows, 1 thread: × ONNX Runtime',
    unit: 'times',
    direction: 'atLeast',
    limit: 1.15,
    measure: (figures) =>
      ratio(
        figures.secondsPerCall('onnxruntime', 1024) ??
          figures.secondsPerCall('onnxruntime-web', 1024),
        figures.secondsPerCall('layerwise', 1024),
      ),
    limitedBy: limits.rival,
  },
  {
    what: 'mlp-mnist, prediction of one row in a loop, 2 threads: × 1 thread',
    unit: 'times',
    direction: 'atLeast',
    limit: 3,
    measure: (figures) =>
      ratio(figures.secondsPerCall('layerwise', 1), figures.secondsPerCall('layerwise', 1, 2)),
    limitedBy: limits.halves,
  },
  ...[32, 1024].map((batch) => predictionAhead(batch)),
  {
    what: "import 'layerwise'",
    unit: 'seconds',
    direction: 'atMost',
    limit: 40e-3,
    measure: ({ report }) =>
      report.imports.find((result) => result.driver === 'layerwise')?.seconds ?? null,
    limitedBy: limits.machine,
  },
  {
    what: 'all threads beside a busy neighbour: × 1 thread',
    unit: 'times',
    direction: 'atLeast',
    limit: 0.9,
    measure: ({ report }) =>
      report.busyNeighbours.length === 0
        ? null
        : Math.min(...report.busyNeighbours.map((result) => result.ratio)),
    limitedBy: limits.machine,
  },
];

export interface TargetOutcome {
  readonly target: Target;
  readonly value: number | null;
  readonly met: boolean | null;
}

export function compareWithTargets(report: Report): TargetOutcome[] {
  const figures = new Figures(report);
  return targets.map((target) => {
    const value = target.measure(figures);
    if (value === null) return { target, value, met: null };
    const met = target.direction === 'atLeast' ? value >= target.limit : value <= target.limit;
    return { target, value, met };
  });
}
