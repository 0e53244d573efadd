/** A command line that makes no sense: nothing was done. */
export class UsageError extends Error {
  /** The command that shows what there is. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

/** A file that was named, or the configuration, makes no sense. The message is safe to print. */
export class ConfigurationError extends Error {}

/** What was asked could not be found out. The message is safe to print. */
export class UnverifiedError extends Error {}
