import { statSync } from 'node:fs';

/**
 * What changes when a file does, also when a link on the way to it is turned to another, as Kubernetes does with what it
 * mounts: which file it is, how large, and when it was written.
 * @internal
 */
export function fileStamps(paths: readonly string[]): string {
  return paths.map(stampOf).join('\n');
}

function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return String((error as { readonly code?: unknown } | null)?.code);
  }
}
