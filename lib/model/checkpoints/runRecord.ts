import { isFloat64Array, messageOf } from '../../builtins.js';
import { exactJson, parseExactJson } from '../../checkpoint/exactJson.js';
import {
  countRule,
  describeValue,
  requireBoolean,
  requireInteger,
  requireKnownKeys,
  requireObject,
} from '../../checks.js';
import { FileFormatError, LayerwiseError } from '../../errors.js';
import type { TensorValues } from '../../io/safetensors.js';
import type { NativeRunState } from '../../native.js';
import { remedyForWriter } from '../../version.js';
import type { TrainingStatistics } from '../statistics.js';
import type { RunIdentity } from './identity.js';

/** What a checkpoint holds of a run beside the parameters of its model. */
export interface RunSnapshot {
  readonly state: NativeRunState;
  readonly identity: RunIdentity;
  /** Numbers of the epochs so far, column after column. */
  readonly epochs: Float64Array;
  /** What was told of the layers so far. */
  readonly statistics: readonly TrainingStatistics[];
}

const version = 1;
const epochsName = 'epochs';
const statisticsName = 'statistics';
/** Tensors of the core. */
const statePrefix = 'state.';

/** The text and the tensors of a snapshot. */
export function encodeRun(run: RunSnapshot): {
  readonly record: object;
  readonly tensors: Map<string, TensorValues>;
} {
  const { state, identity, epochs, statistics } = run;
  const { tensors: own, ...position } = state;
  const tensors = new Map<string, TensorValues>([[epochsName, epochs]]);
  if (statistics.length > 0) tensors.set(statisticsName, Buffer.from(exactJson(statistics)));
  for (const [name, values] of Object.entries(own)) tensors.set(`${statePrefix}${name}`, values);
  return { record: { version, identity, position }, tensors };
}

/**
 * The snapshot of a checkpoint.
 *
 * @param place Where the record stands, for errors.
 * @throws FileFormatError
 */
export function decodeRun(
  record: unknown,
  tensors: ReadonlyMap<string, TensorValues>,
  place: string,
): RunSnapshot {
  return checkedAs(place, () => {
    const fields = requireObject(record, 'record');
    requireKnownVersion(fields, place);
    const identity = requireIdentity(fields.identity);
    const { epoch, batch, updates, complete, weights } = requireObject(fields.position, 'position');
    const own = [...tensors].filter(([name]) => name.startsWith(statePrefix));
    const epochs = tensors.get(epochsName);
    const text = tensors.get(statisticsName);
    return {
      state: {
        epoch: requireInteger(epoch, 'position.epoch', fromZero),
        batch: requireInteger(batch, 'position.batch', fromZero),
        updates: requireInteger(updates, 'position.updates', fromZero),
        complete: requireBoolean(complete, 'position.complete'),
        weights: String(weights),
        tensors: Object.fromEntries(
          own.map(([name, values]) => [name.slice(statePrefix.length), values]),
        ) as NativeRunState['tensors'],
      },
      identity,
      epochs: isFloat64Array(epochs) ? epochs : new Float64Array(0),
      statistics:
        text === undefined ? [] : (parseExactJson(textOf(text)) as readonly TrainingStatistics[]),
    };
  });
}

const fromZero = { ...countRule, minimum: 0 };

/** What a checkpoint of another version says may be right and yet unknown here. */
function requireKnownVersion(fields: Record<string, unknown>, place: string): void {
  if (fields.version === version) return;
  const writer = (fields.identity as Partial<RunIdentity> | undefined)?.version;
  throw new FileFormatError({
    path: `${place}: version`,
    expected: String(version),
    received: describeValue(fields.version),
    remedy: remedyForWriter(writer),
  });
}

function requireIdentity(given: unknown): RunIdentity {
  const identity = requireObject(given, 'identity');
  const known = ['spec', 'options', 'data', 'validation', 'instructionSet', 'version'];
  requireKnownKeys(identity, known, 'identity');
  requireObject(identity.spec, 'identity.spec');
  requireObject(identity.options, 'identity.options');
  return identity as unknown as RunIdentity;
}

function textOf(values: TensorValues): string {
  const { buffer, byteOffset, byteLength } = values;
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}

/** Whatever is wrong with it is wrong with the file. */
export function checkedAs<Result>(place: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof FileFormatError) throw cause;
    const isOurs = cause instanceof LayerwiseError;
    throw new FileFormatError(
      {
        path: isOurs ? `${place}: ${cause.path}` : place,
        expected: isOurs ? cause.expected : 'JSON',
        received: isOurs ? cause.received : messageOf(cause),
      },
      { cause },
    );
  }
}
