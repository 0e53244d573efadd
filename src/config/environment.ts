/** The process's own environment: the one place that reads it. @internal */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
