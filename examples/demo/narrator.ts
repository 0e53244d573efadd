/** Where the story goes: standard output, or a test's own list. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Something that a scene promised, and what was seen. */
export interface Promised {
  readonly what: string;
  readonly kept: boolean;
  /** The figures behind the verdict. */
  readonly seen: string;
}

/** What came of one scene. */
export interface SceneOutcome {
  readonly title: string;
  readonly promises: readonly Promised[];
  readonly seconds: number;
}

type Style = 'bold' | 'dim' | 'green' | 'red';
const CODES: Readonly<Record<Style, string>> = { bold: '1', dim: '2', green: '32', red: '31' };

const QUOTED_AT = 4;
/** As wide as most terminals are made. */
const NOT_A_TERMINAL = 120;

/** Tells the story as plain text, with colours only where somebody looks at a terminal. */
export class Narrator {
  readonly #out: Output;
  readonly #colours: boolean;

  constructor(out: Output, env: Readonly<Record<string, string | undefined>>) {
    this.#out = out;
    this.#colours = out.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`);
  }

  heading(text: string): void {
    this.line();
    this.line(this.#paint('bold', text));
  }

  /** What happens, or what was measured. */
  say(text: string): void {
    this.line(`  ${text}`);
  }

  /** Something as it is, such as a line of the log: in at most so many lines of the terminal, and cut there. */
  quote(text: string, rows = 1): void {
    const width = Math.max(20, (this.#out.columns ?? NOT_A_TERMINAL) - QUOTED_AT);
    const room = width * rows;
    const shown = text.length > room ? `${text.slice(0, room - 1)}…` : text;
    for (let at = 0; at < shown.length; at += width)
      this.line(`${' '.repeat(QUOTED_AT)}${this.#paint('dim', shown.slice(at, at + width))}`);
  }

  promise({ what, kept, seen }: Promised): void {
    this.line(`  ${this.#verdict(kept)} ${what} ${this.#paint('dim', `(${seen})`)}`);
  }

  /** The table at the end. */
  summary(outcomes: readonly SceneOutcome[], seconds: number): void {
    const rows = outcomes.map(({ title, promises, seconds: took }) => {
      const kept = promises.filter((promise) => promise.kept).length;
      return [title, `${String(kept)} of ${String(promises.length)}`, `${took.toFixed(1)} s`] as const;
    });
    const width = Math.max(5, ...rows.map(([title]) => title.length));
    this.heading('Summary');
    this.say(`${'scene'.padEnd(width)}  promises kept    time`);
    for (const [title, kept, took] of rows)
      this.say(`${title.padEnd(width)}  ${kept.padStart(13)}  ${took.padStart(6)}`);
    this.line();
    const promises = outcomes.flatMap((outcome) => outcome.promises);
    const broken = promises.filter((promise) => !promise.kept);
    for (const promise of broken) this.promise(promise);
    const all = `${String(promises.length)} promises in ${seconds.toFixed(1)} s`;
    if (broken.length === 0) this.line(this.#paint('green', `All kept: ${all}.`));
    else this.line(this.#paint('red', `${String(broken.length)} broken: ${all}.`));
  }

  #verdict(kept: boolean): string {
    return kept ? this.#paint('green', '[kept]') : this.#paint('red', '[BROKEN]');
  }

  #paint(style: Style, text: string): string {
    return this.#colours ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
  }
}
