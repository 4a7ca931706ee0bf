/** Resolves after a time, or earlier when the network or the page comes back: a wait of 30 s is not slept through then. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      document.removeEventListener("visibilitychange", shown);
      resolve();
    };
    const shown = () => { if (!document.hidden) end(); };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end);
    document.addEventListener("visibilitychange", shown);
  });
}

/** Exponential back-off with jitter: about 1, 2, 4 … seconds, 30 at most. */
export function backOff(failures: number): number {
  return Math.min(1000 * 2 ** Math.min(failures, 10), 30_000) * (0.5 + Math.random() / 2);
}
