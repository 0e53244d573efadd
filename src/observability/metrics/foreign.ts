import { isThenable } from '../../core/thenable.js';
import type { TextFormat } from './exposition.js';
import { ForeignText } from './foreign-text.js';
import type { Claims } from './names.js';

/** Another library's registry, such as one of prom-client. */
export interface ForeignRegistry {
  /** Its metrics in Prometheus' text format or in OpenMetrics. */
  metrics(): string | PromiseLike<string>;
  /** Which of the two. @defaultValue Prometheus' text format */
  readonly contentType?: string | undefined;
}

/** What a foreign registry said. @internal */
export interface ForeignAnswer {
  readonly text: string;
  readonly openMetrics: boolean;
}

/** Asks a foreign registry. @throws whatever it throws. @internal */
export function askForeign(registry: ForeignRegistry): ForeignAnswer | PromiseLike<ForeignAnswer> {
  const read = (text: unknown): ForeignAnswer => {
    if (typeof text !== 'string') throw new TypeError(`metrics() of a foreign registry gave a ${typeof text}, no text`);
    // Asked afterwards: who changes the type of a registry changes what it says.
    return { text, openMetrics: String(registry.contentType).startsWith('application/openmetrics-text') };
  };
  const answer = registry.metrics();
  return isThenable(answer) ? answer.then(read) : read(answer);
}

/** What is left out of foreign texts. @internal */
export interface ForeignTroubles {
  readonly bad: (lines: number) => void;
  readonly conflict: (name: string, holder: string) => void;
}

/** The families of foreign texts whose names nobody has, in chunks. @internal */
export function* foreignLines(
  answers: readonly ForeignAnswer[],
  format: TextFormat,
  claims: Claims,
  troubles: ForeignTroubles,
): Generator<string, void> {
  for (const { text, openMetrics } of answers) {
    const foreign = new ForeignText(openMetrics);
    yield* foreign.read(text);
    if (foreign.dropped > 0) troubles.bad(foreign.dropped);
    for (const family of foreign.families.values()) {
      const { type, claim } = family;
      const collision = claims.collision(type, claim);
      if (collision !== undefined) {
        troubles.conflict(claim, collision.holder);
        continue;
      }
      claims.take(type, claim);
      yield* family.lines(format);
    }
  }
}
