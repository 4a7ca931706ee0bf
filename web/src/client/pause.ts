/**
 * Resolves after a time, or earlier when the network or the page comes back, or the signal is aborted: a wait of 30 s is
 * not slept through then.
 */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      document.removeEventListener("visibilitychange", shown);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const shown = () => { if (!document.hidden) end(); };
    const timer = setTimeout(end, signal?.aborted ? 0 : milliseconds);
    addEventListener("online", end);
    document.addEventListener("visibilitychange", shown);
    signal?.addEventListener("abort", end);
  });
}

/**
 * Returns the milliseconds after which a stream that ended is begun again: what the server asks for in the errors with which
 * it refused the stream, and the back-off at least.
 */
export function waitAfter(failure: unknown, failures: number): number {
  const errors = Array.isArray(failure) ? failure as { extensions?: { retryAfter?: unknown } }[] : [];
  const asked = errors.map(({ extensions }) => 1000 * Number(extensions?.retryAfter ?? 0) || 0);
  return Math.max(...asked, backOff(failures));
}

/** Exponential back-off with jitter: about 1, 2, 4 … seconds, 30 at most. */
export function backOff(failures: number): number {
  return Math.min(1000 * 2 ** Math.min(failures, 10), 30_000) * (0.5 + Math.random() / 2);
}
