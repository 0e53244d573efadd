/** What to do with one arriving call. @internal */
export function admit(
  now: { readonly running: number; readonly queued: number },
  limit: { readonly maxConcurrent: number; readonly maxQueued: number },
): 'run' | 'queue' | 'reject' {
  // Whoever waits already was here first.
  if (now.running < limit.maxConcurrent && now.queued === 0) return 'run';
  return now.queued < limit.maxQueued ? 'queue' : 'reject';
}
