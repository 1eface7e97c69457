import type { GemmForm, GemmShapeRow } from '../cards.js';

/** The report as data; what is missing was not measured. */

export interface Machine {
  readonly processor: string;
  /** Processors that this process may use. */
  readonly threads: number;
  readonly memoryBytes: number;
  /** Processes that ran or waited to run in the minute before; null where it is not known. */
  readonly load: number | null;
  readonly system: string;
  readonly node: string;
}

export interface Ceilings {
  readonly instructionSet: string;
  /** Operations per second of multiply-adds on registers; median over the run. */
  readonly peaks: readonly {
    readonly set: string;
    readonly precision: 'fp32' | 'bf16';
    readonly threads: number;
    readonly operationsPerSecond: number;
  }[];
  /** Bytes read plus bytes written. */
  readonly copies: readonly { readonly threads: number; readonly bytesPerSecond: number }[];
}

export interface TrainingResult {
  readonly card: string;
  readonly driver: string;
  readonly threads: number;
  readonly version?: string;
  /** Why there is no figure. */
  readonly missing?: string;
  /** Median of the rounds. */
  readonly rowsPerSecond?: number;
  readonly rounds?: readonly number[];
  /** Median of the rounds' shares of the peak around each: of fp32, for bf16 of bf16. */
  readonly share?: number;
  readonly spread?: number;
  /** Mean training loss after the steps that all drivers make; null where it cannot be compared. */
  readonly loss?: number | null;
  readonly peakMemoryBytes?: number;
  /** What a call takes besides training, such as copying the data. */
  readonly startSeconds?: number;
}

export interface PredictionResult {
  readonly driver: string;
  readonly threads: number;
  readonly batch: number;
  readonly version?: string;
  readonly missing?: string;
  /** Median of the rounds, each the mean of many calls. */
  readonly secondsPerCall?: number;
  /** A quarter of the rounds took less: what others on the machine disturb least. */
  readonly quarterSecondsPerCall?: number;
  /** Of all threads of the process, waiting awake included; median of the rounds. */
  readonly cpuSecondsPerCall?: number;
  readonly rowsPerSecond?: number;
  readonly share?: number;
  readonly checksum?: number | null;
}

export interface GemmResult extends GemmShapeRow {
  readonly set: string;
  readonly form: GemmForm;
  readonly threads: number;
  readonly operationsPerSecond: number;
  readonly share: number;
  readonly maxError: number;
}

export interface ImportResult {
  readonly driver: string;
  readonly missing?: string;
  readonly seconds?: number;
}

export interface InstallResult {
  readonly name: string;
  readonly missing?: string;
  /** With everything that it depends on. */
  readonly bytes?: number;
  readonly packages?: number;
  /** What the registry serves, for layerwise. */
  readonly packedBytes?: number;
  readonly note?: string;
}

export interface AccuracyJobResult {
  readonly driver: string;
  readonly threads: number;
  readonly missing?: string;
  readonly seconds?: number;
  readonly epochs?: number;
  readonly accuracy?: number;
  readonly runs?: number;
}

export interface OddSizeResult {
  readonly name: string;
  readonly threads: number;
  /** Operations per second of the odd size as a share of the round one's. */
  readonly ratio: number;
}

export interface BusyNeighbourResult {
  readonly card: string;
  readonly threads: number;
  /** Rows per second with `threads`, as a share of those with one, while another process uses a core. */
  readonly ratio: number;
}

/** An epoch of layerwise on one thread. */
export interface GrowthResult {
  /** What grows: a name of growthCards.ts. */
  readonly series: string;
  readonly size: number;
  /** Of the matrix products of the epoch. */
  readonly operations: number;
  readonly seconds: number;
}

/** What the parts of the suite measured. */
export interface Measurements {
  readonly ceilings?: Ceilings;
  readonly training: readonly TrainingResult[];
  readonly gemm: readonly GemmResult[];
  readonly prediction: readonly PredictionResult[];
  readonly imports: readonly ImportResult[];
  readonly installs: readonly InstallResult[];
  readonly accuracyJobs: readonly AccuracyJobResult[];
  readonly oddSizes: readonly OddSizeResult[];
  readonly busyNeighbours: readonly BusyNeighbourResult[];
  readonly growth: readonly GrowthResult[];
}

export interface Report extends Measurements {
  readonly date: string;
  readonly version: string;
  /** Short and few rounds. */
  readonly quick: boolean;
  /** Everything was measured, nothing picked. */
  readonly complete: boolean;
  readonly machine: Machine;
  readonly seconds: number;
}
