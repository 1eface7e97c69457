import { execFileSync } from 'node:child_process';
import { findPackage } from '../common/packages.js';

/** What is measured. A new framework is a row here and a file in worker/ or python/. */
export interface DriverRow {
  readonly name: string;
  /** As the report calls it. */
  readonly title: string;
  readonly runtime: 'node' | 'python';
  /** What must be installed; imported to measure the time that this takes. */
  readonly packages: readonly string[];
  readonly roles: readonly ('training' | 'prediction' | 'accuracy' | 'import' | 'install')[];
  /** It cannot use several threads, so it is measured at one thread only. */
  readonly singleThread?: true;
  /** For the report: its mode, and how it differs from the others. */
  readonly note: string;
}

export const drivers: readonly DriverRow[] = [
  {
    name: 'layerwise',
    title: 'layerwise',
    runtime: 'node',
    packages: [],
    roles: ['training', 'prediction', 'accuracy', 'import', 'install'],
    note: '`model.fit` with shuffling over a Float32Array; `predictSync` and `predict`.',
  },
  {
    name: 'layerwise-bf16',
    title: 'layerwise bf16',
    runtime: 'node',
    packages: [],
    roles: ['training', 'prediction'],
    note: "The same with `precision: 'bf16'`: products of bfloat16 numbers, float32 weights and sums.",
  },
  {
    name: 'torch',
    title: 'PyTorch',
    runtime: 'python',
    packages: ['torch'],
    roles: ['training', 'prediction', 'accuracy', 'import', 'install'],
    note:
      'Eager, fused Adam, denormals flushed, batches gathered from tensors in memory. `torch.compile` was ' +
      'slower on these networks, 0.72 to 0.9 of eager.',
  },
  {
    name: 'torch-bf16',
    title: 'PyTorch bf16',
    runtime: 'python',
    packages: ['torch'],
    roles: ['training'],
    note: 'The same in `torch.autocast` with bfloat16: the rival of the bf16 rows.',
  },
  {
    name: 'jax',
    title: 'JAX',
    runtime: 'python',
    packages: ['jax'],
    roles: ['training', 'prediction', 'accuracy', 'import', 'install'],
    note: 'One compiled `lax.scan` over the epoch, data on the device, state donated; threads by processor affinity.',
  },
  {
    name: 'tfjs-node',
    title: 'tfjs-node',
    runtime: 'node',
    packages: ['@tensorflow/tfjs-node'],
    roles: ['training', 'prediction', 'accuracy', 'import'],
    note: '`model.fit`, not yielding between batches, over the native TensorFlow library.',
  },
  {
    name: 'tfjs-wasm',
    title: 'TensorFlow.js WASM',
    runtime: 'node',
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
    roles: ['training', 'prediction', 'import', 'install'],
    singleThread: true,
    note: '`model.fit`, not yielding between batches; SIMD. Its threads are switched off in Node.',
  },
  {
    name: 'brain',
    title: 'brain.js',
    runtime: 'node',
    packages: ['brain.js'],
    roles: ['training', 'prediction', 'import', 'install'],
    singleThread: true,
    note: 'Adam, but an update after every row, one activation for all layers and the squared error only.',
  },
  {
    name: 'onnxruntime',
    title: 'ONNX Runtime',
    runtime: 'python',
    packages: ['onnxruntime'],
    roles: ['prediction', 'import', 'install'],
    note: 'The native library, called from Python.',
  },
  {
    name: 'onnxruntime-web',
    title: 'ONNX Runtime Web',
    runtime: 'node',
    packages: ['onnxruntime-web'],
    roles: ['prediction', 'import', 'install'],
    note: 'WebAssembly with SIMD and threads.',
  },
];

/** The Python that the benchmarks use: `LAYERWISE_BENCH_PYTHON`, else what the path has. */
export function pythonProgram(): string {
  return process.env.LAYERWISE_BENCH_PYTHON || 'python3';
}

function pythonHas(modules: readonly string[]): boolean {
  const test = modules.map((name) => `assert importlib.util.find_spec('${name}')`).join('; ');
  const program = `import importlib.util; ${test}`;
  try {
    execFileSync(pythonProgram(), ['-c', program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function nodeHas(name: string): boolean {
  return findPackage(name) !== null;
}

const known = new Map<string, boolean>();

/** Whether a driver can run on this machine. */
export function isInstalled(driver: DriverRow): boolean {
  const found = known.get(driver.name);
  if (found !== undefined) return found;
  const installed =
    driver.runtime === 'python' ? pythonHas(driver.packages) : driver.packages.every(nodeHas);
  known.set(driver.name, installed);
  return installed;
}
