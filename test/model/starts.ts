import type { TrainingStart } from '../../lib/index.js';

type Size = Pick<TrainingStart, 'epochs' | 'rows'> & Partial<TrainingStart>;

/** What listeners are told of a training that begins, of a network without parameters unless one is given. */
export function startOf(size: Size): TrainingStart {
  const network = {
    spec: { inputSize: 1, seed: 0, layers: [] },
    parameters: [],
    getParameter: () => new Float32Array(),
  };
  return { validationRows: 0, epochsBefore: [], checkpoint: null, options: {}, network, ...size };
}
