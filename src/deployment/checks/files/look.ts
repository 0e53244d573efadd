import { redactName } from '../../../core/redaction.js';
import type { DeploymentFinding } from '../../finding.js';
import { type FileReading, pathIn, readFileAt } from '../disk.js';
import { crashed, failed, type FindingMore } from '../report.js';
import { rightsOf } from '../rights.js';
import { decoded } from '../text.js';
import { fits } from './fits.js';
import type { FileToCheck } from './options.js';
import { parseText } from './parse.js';

/** What one file came to. @internal */
export interface Look {
  readonly findings: readonly DeploymentFinding[];
  /** Whether it is not there, and need not be. */
  readonly absent?: boolean;
}

const STATES = /* @__PURE__ */ Object.freeze({
  'broken-link': 'is a link that leads nowhere',
  folder: 'is a folder',
  special: 'is no regular file',
});

/** Looks at one file. @internal */
export async function lookAt(file: FileToCheck, root: string | undefined): Promise<Look> {
  const reading = await readFileAt(pathIn(root, file.path), file.maxBytes);
  if (reading.state === 'missing' && !file.required) return { findings: [], absent: true };
  const shown = redactName(file.path, 150);
  const mode = 'mode' in reading ? reading.mode : undefined;
  const more = { place: { file: shown } };
  const rights = mode === undefined ? [] : rightsOf(idOf(file, 'permissions'), shown, mode, file.secret, more);
  return { findings: [...rights, ...(await contentFindings(file, reading, shown))] };
}

function idOf({ id }: FileToCheck, rule: string): string {
  return `files.${rule}.${id}`;
}

async function contentFindings(file: FileToCheck, reading: FileReading, shown: string): Promise<DeploymentFinding[]> {
  const place = { file: shown };
  const fault = (rule: string, what: string, more: FindingMore = {}) => [
    failed(idOf(file, rule), `${shown} ${what}`, { place, ...more }),
  ];
  switch (reading.state) {
    case 'missing':
      return fault('missing', 'is not there', { hint: 'put it there, or list it with required: false' });
    case 'broken-link':
    case 'folder':
    case 'special':
      return fault('not-a-file', STATES[reading.state]);
    case 'unreadable':
      return fault('unreadable', `cannot be read (${reading.code})`, {
        hint: 'let the user that the service runs as read it',
      });
    case 'too-large':
      return fault('too-large', `is larger than ${String(file.maxBytes)} bytes`, {
        hint: 'is it the right file? If so, raise its maxBytes',
      });
    case 'read':
  }
  const text = decoded(reading.bytes);
  if (text === undefined) return fault('encoding', 'is not UTF-8', { hint: 'save it as UTF-8' });
  if (file.notEmpty && text.trim() === '') return fault('empty', 'is empty');
  const parsed = await parseText(text, file);
  if ('absent' in parsed)
    return [
      crashed(idOf(file, 'parser'), `${shown} could not be looked at: ${parsed.absent}`, { place, hint: parsed.hint }),
    ];
  if ('fault' in parsed) {
    const { line, column } = parsed;
    const where =
      line === undefined ? '' : ` (line ${String(line)}${column === undefined ? '' : `, column ${String(column)}`})`;
    return fault('syntax', parsed.fault + where, { place: line === undefined ? place : { ...place, line } });
  }
  if (file.schema === undefined) return [];
  const fit = await fits(file.schema, parsed.values, file.secret);
  if ('crashed' in fit)
    return [crashed(idOf(file, 'schema'), `${shown} could not be looked at: ${fit.crashed}`, { place })];
  return fit.misfit === undefined ? [] : fault('schema', `does not fit its schema: ${fit.misfit}`);
}
