import type { DeploymentFinding } from '../finding.js';
import { hasModes } from './disk.js';
import { failed, type FindingMore, warned } from './report.js';

const WRITABLE_BY_ALL = 0o002;
const READABLE_BY_OTHERS = 0o044;

/**
 * Who else may read or write a file: of a secret one, nobody. On Windows nothing is told, since the mode says nothing there.
 * @internal
 */
export function rightsOf(
  id: string,
  shown: string,
  mode: number,
  secret: boolean,
  more: FindingMore = {},
): DeploymentFinding[] {
  if (!hasModes()) return [];
  const close = { ...more, hint: `let only its owner have it: chmod ${secret ? '600' : 'o-w'}` };
  if ((mode & WRITABLE_BY_ALL) !== 0)
    return [(secret ? failed : warned)(id, `${shown} can be written by everybody`, close)];
  if (secret && (mode & READABLE_BY_OTHERS) !== 0)
    return [failed(id, `${shown} holds secrets and can be read by others than its owner`, close)];
  return [];
}
