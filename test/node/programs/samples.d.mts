import type {
  NativeAddon,
  NativeDataset,
  NativeNetwork,
  NativeNetworkSpec,
  NativeOptions,
  NativeReport,
  NativeRunShape,
} from '../../../lib/native.js';

export declare function loadAddon(): NativeAddon;
export declare const columns: number;
export declare const classes: number;
export declare function classificationData(addon: NativeAddon, rows?: number): NativeDataset;
export declare function classifierSpec(units?: number, seed?: number): NativeNetworkSpec;
export declare function fitOptions(changes?: NativeOptions): NativeOptions;
export declare const endless: NativeOptions;
export declare function fingerprint(network: NativeNetwork): string;
export declare function rowsOf(report: NativeReport, shape: NativeRunShape): number[][];
export declare function epochsOf(report: NativeReport, shape: NativeRunShape): number[];

export declare function predictRows(
  network: NativeNetwork,
  inputs: Float32Array,
): Float32Array<ArrayBuffer>;

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export declare function runProgram(
  name: string,
  options?: { words?: readonly string[]; flags?: readonly string[]; uid?: number },
): Promise<Ended>;
