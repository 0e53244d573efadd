/* global AbortController */

/** A signal that aborts when the process is told to end; what listens to it has only that moment. */
export function interruptible() {
  const controller = new AbortController();
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(name, () => {
      controller.abort();
      process.exit(code);
    });
  }
  return controller.signal;
}
