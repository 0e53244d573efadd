import { StructuredLogger, type StructuredLoggerOptions } from 'breakwater/logger';
import { ManualClock } from 'breakwater/testing';
import { expect } from 'vitest';

export type Line = Readonly<Record<string, unknown>> & {
  readonly time: number;
  readonly level: string;
  readonly event: string;
  readonly msg: string;
};

/** A destination that keeps what was written, and what came of it. */
export class Kept {
  readonly texts: string[] = [];

  write(line: string): boolean {
    this.texts.push(line);
    return true;
  }

  /** Each line is one line, is JSON, and has each name once. */
  get lines(): Line[] {
    return this.texts.map((text) => {
      expect(text.endsWith('\n')).toBe(true);
      expect(text.slice(0, -1)).not.toMatch(/[\n\r]/);
      const line = JSON.parse(text) as Line;
      // Written again it would be shorter if a name stood there twice.
      expect(JSON.stringify(line).length).toBe(text.length - 1);
      return line;
    });
  }

  get last(): Line {
    return this.lines.at(-1) as Line;
  }
}

export function logger(options: StructuredLoggerOptions = {}): {
  log: StructuredLogger;
  out: Kept;
  clock: ManualClock;
  reported: unknown[];
} {
  const out = new Kept();
  const reported: unknown[] = [];
  const clock = new ManualClock({ wallNow: 1_700_000_000_000 });
  const log = new StructuredLogger({
    destination: out,
    clock,
    onListenerError: (error) => reported.push(error),
    ...options,
  });
  return { log, out, clock, reported };
}
