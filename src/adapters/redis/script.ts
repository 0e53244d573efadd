import { createHash } from 'node:crypto';

/** A script, and what the server knows it by. @internal */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** @internal */
export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
