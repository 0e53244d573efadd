import { cpus } from 'node:os';

/** What a figure was measured on. */
export function machine() {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} x ${cpu?.model.trim() ?? 'unknown'}, ${process.platform} ${process.arch}`;
}
