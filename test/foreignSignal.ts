/** A signal that another library has made, with what it takes to abort it. */
export function foreignSignal(): AbortSignal & { abort(reason: unknown): void } {
  const target = new EventTarget();
  const state: { aborted: boolean; reason: unknown } = { aborted: false, reason: undefined };
  const signal = Object.assign(target, {
    onabort: null,
    throwIfAborted(): void {
      if (state.aborted) throw state.reason;
    },
    abort(reason: unknown): void {
      Object.assign(state, { aborted: true, reason });
      target.dispatchEvent(new Event('abort'));
    },
  });
  return Object.defineProperties(signal, {
    aborted: { get: () => state.aborted },
    reason: { get: () => state.reason },
  }) as typeof signal & { readonly aborted: boolean; readonly reason: unknown };
}
