import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseFiles } from '../common/protocol.js';

function readAligned(file: string): ArrayBuffer {
  const bytes = readFileSync(file);
  return new Uint8Array(bytes).buffer;
}

/** (rows, inputs) */
export function readInputs({ directory }: CaseFiles): Float32Array {
  return new Float32Array(readAligned(path.join(directory, 'inputs.f32')));
}

/** (rows) */
export function readClasses({ directory }: CaseFiles): Int32Array {
  return new Int32Array(readAligned(path.join(directory, 'targets.i32')));
}

/** (rows, outputs) */
export function readTargetMatrix({ card, directory }: CaseFiles): Float32Array {
  const file = card.targets === 'inputs' ? 'inputs.f32' : 'targets.f32';
  return new Float32Array(readAligned(path.join(directory, file)));
}

/** Weights of the `Linear` at an index of the sequence: (outputs, inputs). */
export function readWeights({ directory }: CaseFiles, module: number): Float32Array {
  return new Float32Array(readAligned(path.join(directory, `${module}.weight.f32`)));
}

/** MNIST as read from IDX files. */
export interface Images {
  readonly rows: number;
  /** (rows, 784), 0 to 255 */
  readonly pixels: Uint8Array;
  /** (rows) */
  readonly labels: Uint8Array;
}

export function readImages(directory: string, part: 'train' | 't10k'): Images {
  const images = readFileSync(path.join(directory, `${part}-images-idx3-ubyte`));
  const labels = readFileSync(path.join(directory, `${part}-labels-idx1-ubyte`));
  return {
    rows: images.readUInt32BE(4),
    pixels: new Uint8Array(images.subarray(16)),
    labels: new Uint8Array(labels.subarray(8)),
  };
}
