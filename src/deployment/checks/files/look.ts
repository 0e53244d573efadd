import type { PlatformAbortSignal } from '../../../core/platform.js';
import { redactName } from '../../../core/redaction.js';
import type { DeploymentFinding } from '../../finding.js';
import { type FileReading, pathIn, readFileAt } from '../disk.js';
import { crashed, failed, type FindingMore, warned } from '../report.js';
import { rightsOf } from '../rights.js';
import { decoded, positionAt } from '../text.js';
import { isPlainName } from './content.js';
import { fits } from './fits.js';
import type { FileToCheck } from './options.js';
import { parseText } from './parse.js';
import type { Fault } from './parsed.js';
import type { RepeatedKey } from './repeated-keys.js';

/** What one file came to. @internal */
export interface Look {
  readonly findings: readonly DeploymentFinding[];
  /** Whether it is not there, and need not be. */
  readonly absent?: boolean;
}

const MOST_SHOWN = 5;
/** What a function of the user throws is not shown, since it may quote the file. */
const OUT_OF_SIGHT = 'run it on the file where the content may be seen: what it throws is not shown here';
const STATES = /* @__PURE__ */ Object.freeze({
  'broken-link': 'is a link that leads nowhere',
  folder: 'is a folder',
  special: 'is no regular file',
});

/** Looks at one file. @internal */
export async function lookAt(file: FileToCheck, root: string | undefined, signal: PlatformAbortSignal): Promise<Look> {
  const reading = await readFileAt(pathIn(root, file.path), file.maxBytes);
  if (reading.state === 'missing' && !file.required) return { findings: [], absent: true };
  const shown = redactName(file.path, 150);
  const mode = 'mode' in reading ? reading.mode : undefined;
  const more = { place: { file: shown } };
  const rights = mode === undefined ? [] : rightsOf(idOf(file, 'permissions'), shown, mode, file.secret, more);
  return { findings: [...rights, ...(await contentFindings(file, reading, shown, signal))] };
}

function idOf({ id }: FileToCheck, rule: string): string {
  return `files.${rule}.${id}`;
}

async function contentFindings(
  file: FileToCheck,
  reading: FileReading,
  shown: string,
  signal: PlatformAbortSignal,
): Promise<DeploymentFinding[]> {
  const place = { file: shown };
  const fault = (rule: string, what: string, hint: string, more: FindingMore = {}) => [
    failed(idOf(file, rule), `${shown} ${what}`, { place, hint, ...more }),
  ];
  const unknown = (rule: string, why: string, hint: string) => [
    crashed(idOf(file, rule), `${shown} could not be looked at: ${why}`, { place, hint }),
  ];
  switch (reading.state) {
    case 'missing':
      return fault('missing', 'is not there', 'put it there, or list it with required: false');
    case 'broken-link':
    case 'folder':
    case 'special':
      return fault('not-a-file', STATES[reading.state], 'put a file there, or correct the path');
    case 'unreadable':
      return fault('unreadable', `cannot be read (${reading.code})`, 'let the user that the service runs as read it');
    case 'too-large':
      return fault(
        'too-large',
        `is larger than ${String(file.maxBytes)} bytes`,
        'is it the right file? If so, raise its maxBytes',
      );
    case 'read':
  }
  const text = decoded(reading.bytes);
  if (text === undefined) return fault('encoding', 'is not UTF-8', 'save it as UTF-8');
  if (file.notEmpty && text.trim() === '')
    return fault(
      'empty',
      'is empty',
      'something wrote it without what belongs in it; if that is meant: notEmpty: false',
    );
  const parsed = await parseText(text, file);
  if ('absent' in parsed) return unknown('parser', parsed.absent, parsed.hint);
  if ('fault' in parsed) {
    const { line } = parsed;
    const hint = line === undefined ? OUT_OF_SIGHT : 'correct it there';
    return fault(
      'syntax',
      parsed.fault + whereIs(parsed),
      hint,
      line === undefined ? {} : { place: { ...place, line } },
    );
  }
  const repeated = repeatedFindings(file, text, parsed.repeated ?? [], shown);
  if (file.schema === undefined) return repeated;
  const fit = await fits(file.schema, parsed.values, file.secret, signal);
  if ('crashed' in fit) return [...repeated, ...unknown('schema', fit.crashed, OUT_OF_SIGHT)];
  if (fit.misfit === undefined) return repeated;
  return [...repeated, ...fault('schema', `does not fit its schema: ${fit.misfit}`, 'correct what does not fit')];
}

/** Names of keys are shown where they look like names, and in no file that is secret. */
function repeatedFindings(
  file: FileToCheck,
  text: string,
  repeated: readonly RepeatedKey[],
  shown: string,
): DeploymentFinding[] {
  const [first] = repeated;
  if (first === undefined) return [];
  const { line } = positionAt(text, first.offset);
  const keys = repeated.slice(0, MOST_SHOWN).map(({ key, offset }) => {
    const name = !file.secret && isPlainName(key) ? redactName(key) : '[?]';
    return `${name} (line ${String(positionAt(text, offset).line)})`;
  });
  const rest = repeated.length - keys.length;
  return [
    warned(
      idOf(file, 'repeated-key'),
      `${shown} has a key twice in the same place: ${keys.join(', ')}${rest > 0 ? ` and ${String(rest)} more` : ''}`,
      { place: { file: shown, line }, hint: 'keep one of them: the last one counts' },
    ),
  ];
}

function whereIs({ line, column }: Fault): string {
  if (line === undefined) return '';
  return ` (line ${String(line)}${column === undefined ? '' : `, column ${String(column)}`})`;
}
