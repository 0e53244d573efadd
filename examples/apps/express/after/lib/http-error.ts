/** An answer that is not what the client hoped for. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The texts of a body; 422 names every one that is missing. */
export function texts<Name extends string>(body: unknown, names: readonly Name[]): Record<Name, string> {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const missing = names.filter((name) => typeof given[name] !== 'string' || given[name].trim() === '');
  if (missing.length > 0) throw new HttpError(422, `missing: ${missing.join(', ')}`);
  return given as Record<Name, string>;
}
