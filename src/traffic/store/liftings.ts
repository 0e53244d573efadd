import { LIFTED_KEPT_US, type MarkChange } from './contract.js';

/** How soon after a lifting it is said again; after that each time after twice as long. */
const FIRST_MS = 1_000;
/** Most that are remembered, the latest ones. */
const MOST = 1_000;

/** What was lifted, in times that are left. */
type Lifting = Pick<MarkChange, 'subject' | 'forUs' | 'keepUs' | 'text'>;

interface Said extends Pick<Lifting, 'forUs' | 'text'> {
  readonly version: number;
  readonly atMs: number;
  againMs: number;
}

/** The text of a lifting that is said again has the version of it in front: who knows of a later block keeps to that. */
const AGAIN = /^again (\d+) (.*)$/su;

/** Which lifting a text says again, and what that said; `undefined` of one that is said for the first time. @internal */
export function readAgain(text: string): { readonly version: number; readonly text: string } | undefined {
  const found = AGAIN.exec(text);
  return found === null ? undefined : { version: Number(found[1]), text: String(found[2]) };
}

/**
 * What this process has lifted, for as long as that is remembered. A store that loses its data may lose a lifting before all processes
 * have heard of it, and who has not keeps to the block: so it is said again now and then, to a store that knows nothing of it.
 * @internal
 */
export class Liftings {
  readonly #said = new Map<string, Said>();
  #nextMs = Infinity;

  /** Takes over what was lifted at this time. */
  add({ subject, forUs, text }: Pick<Lifting, 'subject' | 'forUs' | 'text'>, version: number, atMs: number): void {
    const againMs = atMs + FIRST_MS;
    this.#said.delete(subject);
    this.#said.set(subject, { forUs, text, version, atMs, againMs });
    this.#nextMs = Math.min(this.#nextMs, againMs);
    const [oldest] = this.#said.keys();
    if (this.#said.size > MOST && oldest !== undefined) this.#said.delete(oldest);
  }

  /** Somebody has marked it anew. */
  forget(subject: string): void {
    this.#said.delete(subject);
  }

  /** All are to be said again: the store may have lost its data. */
  soon(): void {
    for (const said of this.#said.values()) said.againMs = 0;
    this.#nextMs = 0;
  }

  /** Whether any is to be said again. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#nextMs;
  }

  /** What is to be said again now. */
  due(nowMs: number): readonly Lifting[] {
    const due: Lifting[] = [];
    this.#nextMs = Infinity;
    for (const [subject, said] of this.#said) {
      const { forUs, atMs } = said;
      const sinceMs = nowMs - atMs;
      const left = (us: number): number => Math.max(0, Math.round(us - sinceMs * 1_000));
      const keepUs = left(Math.max(forUs, LIFTED_KEPT_US));
      if (keepUs === 0) this.#said.delete(subject);
      else {
        if (said.againMs <= nowMs) {
          said.againMs = atMs + Math.max(2 * sinceMs, FIRST_MS);
          const text = `again ${String(said.version)} ${said.text}`;
          due.push({ subject, forUs: left(forUs), keepUs, text });
        }
        this.#nextMs = Math.min(this.#nextMs, said.againMs);
      }
    }
    return due;
  }
}
