import type { Frame, Layer } from './frame.js';
import { copiedFields } from './frame.js';
import type { JsonWriter } from './json-writer.js';
import { Prefix } from './prefix.js';

/** Writes fields for a logger and its children. @internal */
export interface FieldWriter {
  /** Of what is secret: what was written under another one is written again. */
  readonly version: number;
  writer(): JsonWriter;
}

/** The fields of a logger, or of a child over those of its parent. @internal */
export class LoggerLayer implements Layer {
  readonly #core: FieldWriter;
  readonly #parent: Layer | undefined;
  readonly #fields: object;
  #written: { readonly version: number; readonly prefix: Prefix } | undefined;

  constructor(core: FieldWriter, parent: Layer | undefined, fields: object) {
    this.#core = core;
    this.#parent = parent;
    this.#fields = copiedFields(undefined, fields);
  }

  prefix(): Prefix {
    const version = this.#core.version;
    if (this.#written?.version === version) return this.#written.prefix;
    const prefix = (this.#parent?.prefix() ?? new Prefix()).with(this.#fields, this.#core.writer());
    this.#written = { version, prefix };
    return prefix;
  }

  /** The fields of all lines in a frame; `undefined` outside of any. */
  prefixIn(frame: Frame | undefined): Prefix {
    return frame === undefined ? this.prefix() : frame.prefix(this, this.#core.version, this.#core.writer());
  }
}
