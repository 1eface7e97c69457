import { plainView } from '../builtins.js';
import { callNative, type NativeNetwork, type NativeRunShape } from '../native.js';
import type { NetworkSpec } from '../network/network.js';
import type { EpochResult } from './events.js';
import type { NativeFitOptions } from './fitOptions.js';
import type { JsonObject } from './json.js';
import type { TrainingStart } from './listeners.js';

/** What listeners are told when a training begins. */

interface Beginning {
  readonly epochsBefore: () => readonly EpochResult[];
  readonly checkpoint: string | null;
  readonly shape: NativeRunShape;
  readonly spec: NetworkSpec;
  readonly network: NativeNetwork;
  readonly options: NativeFitOptions;
}

/** Options and parameters are looked up when somebody asks: most listeners do not. */
export function trainingStart(beginning: Beginning): TrainingStart {
  const { shape, spec, network, options, epochsBefore, checkpoint } = beginning;
  const { epochs, rows, validationRows } = shape;
  return {
    ...{ epochs, rows, validationRows, checkpoint },
    get epochsBefore() {
      return epochsBefore();
    },
    get options() {
      return plainOptions(options);
    },
    network: {
      spec,
      get parameters() {
        return network.parameters();
      },
      getParameter: (name) => plainView(callNative(() => network.getParameter(name))),
    },
  };
}

/** As the core takes them, which is plain data but for a data set that validates. */
function plainOptions({ validation, ...options }: NativeFitOptions): JsonObject {
  const split = validation !== undefined && 'split' in validation ? validation : undefined;
  return JSON.parse(JSON.stringify({ ...options, validation: split })) as JsonObject;
}
