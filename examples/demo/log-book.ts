/** A line of the log, read. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The latest lines are kept; older ones make room. */
const MOST_LINES = 4_000;

/** Where the service writes its lines while scenes are played: kept in memory for the scenes, so that the story stays readable. */
export class LogBook {
  #lines: string[] = [];
  #written = 0;

  write(line: string): void {
    this.#written++;
    this.#lines.push(line.trimEnd());
    // By halves: to make room for each line alone would move all others.
    if (this.#lines.length >= 2 * MOST_LINES) this.#lines = this.#lines.slice(-MOST_LINES);
  }

  /** How many lines have been written so far. */
  get written(): number {
    return this.#written;
  }

  /** The lines that came after so many, as far as they are kept. */
  since(written: number): readonly string[] {
    const count = this.#written - written;
    return count > 0 ? this.#lines.slice(-count) : [];
  }
}

export function read(line: string): LogLine {
  return JSON.parse(line) as LogLine;
}
