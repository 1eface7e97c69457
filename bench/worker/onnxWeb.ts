import { readFileSync } from 'node:fs';
import { importPackage, packageVersion } from '../common/packages.js';
import type { CaseFiles } from '../common/protocol.js';
import { readInputs } from './caseFiles.js';
import { type Driver, type PredictionSession, secondsSince } from './driver.js';

/** ONNX Runtime compiled to WebAssembly: prediction only. */

interface OnnxTensor {
  readonly data: Float32Array;
}

interface Session {
  run(feeds: Record<string, OnnxTensor>): Promise<Record<string, OnnxTensor>>;
}

interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: { create(model: Uint8Array): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: number[]) => OnnxTensor;
}

class OnnxPrediction implements PredictionSession {
  readonly #runtime: OnnxRuntime;
  readonly #session: Session;
  readonly #inputs: Float32Array;
  readonly #columns: number;

  constructor(runtime: OnnxRuntime, session: Session, files: CaseFiles) {
    this.#runtime = runtime;
    this.#session = session;
    this.#inputs = readInputs(files);
    this.#columns = files.card.inputs;
  }

  async predict(batch: number, calls: number) {
    const rows = this.#inputs.subarray(0, batch * this.#columns);
    let outputs: Float32Array = new Float32Array();
    const start = performance.now();
    for (let call = 0; call < calls; call += 1) {
      const x = new this.#runtime.Tensor('float32', rows, [batch, this.#columns]);
      const { y } = await this.#session.run({ x });
      outputs = y?.data ?? outputs;
    }
    return { seconds: secondsSince(start), outputs };
  }
}

export function onnxWebDriver(): Driver {
  return {
    version: async () => packageVersion('onnxruntime-web') ?? '',
    openPrediction: async (files, onnxFile) => {
      const runtime = await importPackage<OnnxRuntime>('onnxruntime-web');
      runtime.env.wasm.numThreads = files.threads;
      const session = await runtime.InferenceSession.create(readFileSync(onnxFile));
      return new OnnxPrediction(runtime, session, files);
    },
  };
}
