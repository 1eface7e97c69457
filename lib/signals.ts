import { isNativeSignal } from './builtins.js';

/** Those of Node that stand for those of others. */
const standIns = new WeakMap<AbortSignal, AbortSignal>();

/**
 * Aborted with the first of the signals that is. `AbortSignal.any` alone never hears of those that other
 * libraries have made (jsdom, say), as it does not listen to them.
 */
export function anySignal(...signals: readonly AbortSignal[]): AbortSignal {
  return AbortSignal.any(
    signals.map((signal) => (isNativeSignal(signal) ? signal : standIn(signal))),
  );
}

/** One for each signal, however often it is used: it listens as long as the signal lives. */
function standIn(signal: AbortSignal): AbortSignal {
  const known = standIns.get(signal);
  if (known !== undefined) return known;
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  standIns.set(signal, controller.signal);
  return controller.signal;
}
