/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals, such as `RUN`. */
  readonly name: string;
  /** What stands behind it and its flags, with continued lines joined. */
  readonly text: string;
  /** Its flags, such as `--from=build`. */
  readonly flags: readonly string[];
  /** The lines of its here-documents. */
  readonly here: string;
  readonly line: number;
}

/** A Dockerfile in pieces; parsing never fails, since what is odd is for rules to tell. */
export interface Parsed {
  readonly instructions: readonly Instruction[];
  /** The character that continues a line. */
  readonly escape: '\\' | '`';
}

/** Instructions whose words may begin a here-document. */
const WITH_HERE = /^(RUN|COPY|ADD)$/;

/** Takes a Dockerfile to pieces. What an ONBUILD is for happens in other images, and is left out. */
export function parseDockerfile(text: string): Parsed {
  const lines = text.split(/\r?\n/);
  const escape = escapeOf(lines);
  const instructions: Instruction[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = i + 1;
    const first = lines[i++] ?? '';
    if (isBlank(first)) continue;
    const pieces: string[] = [];
    let piece = first.trim();
    while (piece.endsWith(escape)) {
      pieces.push(piece.slice(0, -1));
      // Comments and empty lines between continued ones are no part of them.
      while (i < lines.length && isBlank(lines[i] ?? '')) i++;
      piece = (lines[i++] ?? '').trim();
    }
    const whole = [...pieces, piece].join(' ').trim();
    const [, word = '', behind = ''] = /^(\S+)\s*(.*)$/s.exec(whole) ?? [];
    const name = word.toUpperCase();
    const here: string[] = [];
    if (WITH_HERE.test(name))
      for (const [, dash, , end = ''] of behind.matchAll(/<<(-?)(["']?)([A-Za-z_]\w*)\2/g)) {
        while (i < lines.length) {
          const inner = lines[i++] ?? '';
          if ((dash === '-' ? inner.replace(/^\t+/, '') : inner) === end) break;
          here.push(inner);
        }
      }
    if (name !== 'ONBUILD') instructions.push({ name, ...flagsOf(behind), here: here.join('\n'), line });
  }
  return { instructions, escape };
}

function isBlank(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}

/** Directives stand in the first lines, before anything else. */
function escapeOf(lines: readonly string[]): '\\' | '`' {
  for (const line of lines) {
    const [, name, value] = /^\s*#\s*([a-z]+)\s*=\s*(\S+)\s*$/i.exec(line) ?? [];
    if (name === undefined) return '\\';
    if (name.toLowerCase() === 'escape') return value === '`' ? '`' : '\\';
  }
  return '\\';
}

function flagsOf(behind: string): { readonly flags: readonly string[]; readonly text: string } {
  const words = behind.split(/\s+/);
  const count = words.findIndex((word) => !word.startsWith('--'));
  const flags = words.slice(0, Math.max(0, count));
  let text = behind;
  for (const flag of flags) text = text.slice(flag.length).trimStart();
  return { flags, text };
}

/** The words of the exec form, which is a JSON array of text; `undefined` of the shell form. */
export function execWords({ text }: Pick<Instruction, 'text'>): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

/** The words of an instruction in either form. */
export function wordsOf(instruction: Instruction): readonly string[] {
  return execWords(instruction) ?? instruction.text.split(/\s+/).filter((word) => word !== '');
}

/** The names and values of ENV, ARG or LABEL: `NAME=value …`, or `NAME value`. */
export function pairsOf({ name, text }: Instruction): readonly (readonly [name: string, value: string | undefined])[] {
  const [, only, rest] = /^([^\s=]+)\s+(.+)$/s.exec(text) ?? [];
  if (name === 'ENV' && only !== undefined) return [[only, unquoted(rest ?? '')]];
  return [...text.matchAll(/([^\s=]+)(?:=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s\\]|\\.)*))?/gs)].map(
    ([, key = '', value]) => [key, value === undefined ? undefined : unquoted(value)],
  );
}

/** Text without its quotes, which Docker takes off. */
export function unquoted(text: string): string {
  return text.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/gs, '$1$2');
}
