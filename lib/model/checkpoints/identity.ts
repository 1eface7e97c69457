import { isArray } from '../../builtins.js';
import { isPlainObject, joinPath } from '../../checks.js';
import { StateError } from '../../errors.js';
import { info } from '../../native.js';
import type { CustomLoss } from '../../network/customLoss.js';
import type { NetworkSpec } from '../../network/network.js';
import { packageVersion } from '../../version.js';
import type { NativeFitOptions } from '../fitOptions.js';
import type { JsonObject } from '../json.js';
import type { PreparedData } from '../upload.js';
import { dataDigest } from './dataDigest.js';

/** What the bits of a run depend on: a run goes on only where all of it is as it was. */
export interface RunIdentity {
  readonly spec: NetworkSpec;
  /** All options by their names, defaults filled in, but for those that may change. */
  readonly options: JsonObject;
  /** Digests of the rows. */
  readonly data: string;
  readonly validation: string | null;
  readonly instructionSet: string;
  /** Of the package. */
  readonly version: string;
}

/**
 * Options that the core knows and that may be others when a run goes on. What a warm start has given the optimizer is in
 * its state. What the core does not know may be others, too: checkpoints, listeners, the signal.
 */
const mayChange: readonly string[] = ['epochs', 'threads', 'timeLimit', 'warmStart'];

/** Versions before this one whose trainings have the same bits: checkpoints of theirs are gone on with. */
const versionsOfSameBits: readonly string[] = [];

interface Training {
  readonly spec: NetworkSpec;
  readonly options: NativeFitOptions;
  readonly loss: CustomLoss | undefined;
  /** Of a stream, whose rows nobody can compare, what is known of it beforehand. */
  readonly training: PreparedData | { readonly identity: string };
  readonly validation: PreparedData | undefined;
}

/**
 * Reads the rows through once.
 *
 * @param isStopped Whether the run has been stopped: the digests are worth nothing then.
 */
export async function identityOf(
  training: Training,
  isStopped: () => boolean,
): Promise<RunIdentity> {
  const { spec, validation } = training;
  const rows = training.training;
  const data = 'identity' in rows ? `stream ${rows.identity}` : await dataDigest(rows, isStopped);
  const heldOut = validation === undefined ? null : await dataDigest(validation, isStopped);
  return {
    ...{ spec, options: comparedOptions(training), data, validation: heldOut },
    instructionSet: info().instructionSet,
    version: packageVersion(),
  };
}

function comparedOptions({ options: { validation, ...options }, loss }: Training): JsonObject {
  const split = validation !== undefined && 'split' in validation ? validation : undefined;
  const compared = Object.entries({ ...options, validation: split }).filter(
    ([name]) => !mayChange.includes(name),
  );
  // Of a function, the text is all that another process can compare.
  if (loss !== undefined) compared.push(['loss', loss.compute.toString()]);
  return JSON.parse(JSON.stringify(Object.fromEntries(compared))) as JsonObject;
}

/**
 * @param saved That of the checkpoint.
 * @throws StateError with the path of the first difference.
 */
export function requireSameRun(saved: RunIdentity, now: RunIdentity, checkpoint: string): void {
  requireSameBits(saved, now, checkpoint);
  const rows = { from: 'the rows', to: 'other ones' };
  if (saved.data !== now.data) throw otherRun({ path: 'data', ...rows }, checkpoint);
  if (saved.validation === now.validation) return;
  throw otherRun({ path: 'validation.data', ...rows }, checkpoint);
}

/**
 * All but the data.
 *
 * @throws StateError with the path of the first difference.
 */
export function requireSameBits(
  saved: Omit<RunIdentity, 'data' | 'validation'>,
  now: Omit<RunIdentity, 'data' | 'validation'>,
  checkpoint: string,
): void {
  if (!isSameVersion(saved.version)) {
    const difference = { path: 'version', from: saved.version, to: now.version };
    throw refusal(difference, checkpoint, `Go on with layerwise ${saved.version}.`);
  }
  if (saved.instructionSet !== now.instructionSet) {
    const [from, to] = [saved.instructionSet, now.instructionSet];
    const what = `Take a machine that has it, and set LAYERWISE_ISA=${from}.`;
    throw refusal({ path: 'instructionSet', from, to }, checkpoint, what);
  }
  requireSameSpec(saved.spec, now.spec, checkpoint);
  const difference = firstDifference(saved.options, now.options, '');
  if (difference !== null) throw otherRun(difference, checkpoint);
}

/** @throws StateError with the path of the first difference. */
export function requireSameSpec(saved: unknown, now: NetworkSpec, checkpoint: string): void {
  const difference = firstDifference(saved, now, '');
  if (difference !== null) throw otherRun(difference, checkpoint);
}

/**
 * Whether an error says that data, network or options are not what they were: whoever starts the same again fails again.
 * (Another machine may have the instruction set, and the version.)
 */
export function saysOtherRun(error: unknown): error is StateError {
  return error instanceof StateError && otherRuns.has(error);
}

const otherRuns = new WeakSet<StateError>();

function otherRun(difference: Difference, checkpoint: string): StateError {
  const error = refusal(difference, checkpoint, 'Take what it was.');
  otherRuns.add(error);
  return error;
}

function refusal({ path, from, to }: Difference, checkpoint: string, what: string): StateError {
  return new StateError({
    path,
    expected: `${from}, as in the checkpoint ${checkpoint}`,
    received: to,
    remedy: `${what} ${orElse}`,
  });
}

const orElse = 'To begin anew, name another folder, or remove the checkpoints.';

function isSameVersion(version: string): boolean {
  return version === packageVersion() || versionsOfSameBits.includes(version);
}

interface Difference {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** Where two values of JSON first differ, as deep as both go. */
function firstDifference(from: unknown, to: unknown, path: string): Difference | null {
  const pairs = pairsOf(from, to);
  if (pairs === null) {
    return JSON.stringify(from) === JSON.stringify(to)
      ? null
      : { path: path || 'spec', from: shown(from), to: shown(to) };
  }
  for (const [key, left, right] of pairs) {
    const place = typeof key === 'number' ? `${path}[${key}]` : joinPath(path, key);
    const difference = firstDifference(left, right, place);
    if (difference !== null) return difference;
  }
  return null;
}

/** Null for what has no members in common. */
function pairsOf(left: unknown, right: unknown): [string | number, unknown, unknown][] | null {
  if (isArray(left) && isArray(right) && left.length === right.length) {
    return left.map((item, index) => [index, item, right[index]]);
  }
  if (!isPlainObject(left) || !isPlainObject(right) || left.type !== right.type) return null;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].map((key) => [key, left[key], right[key]]);
}

const longestShown = 60;

function shown(value: unknown): string {
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
}
