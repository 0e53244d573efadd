/** What a command touches of the outside world. */
export interface CommandIo {
  /** Prints a line of the answer. */
  out(line: string): void;
  /** Prints a line about a problem. */
  err(line: string): void;
  /** The installed package's version. */
  version(): string;
}
