/** Markup that is safe to send: only {@link markup} and {@link trusted} make it. @internal */
export class Markup {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template: text is escaped, `undefined` and `false` are nothing. @internal */
export type Content = Markup | string | number | undefined | false | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = /* @__PURE__ */ Object.freeze({
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
});

/** Text as it may stand between tags and in an attribute with quotes. @internal */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/**
 * Markup with values in it. A value is text, whatever is in it; it may stand between tags, or in an attribute with
 * double quotes, and nowhere else.
 * @internal
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let made = parts[0] ?? '';
  for (const [i, value] of values.entries()) made += markupOf(value) + (parts[i + 1] ?? '');
  return new Markup(made);
}

/** Text of this package's own that is markup as it is. @internal */
export function trusted(markup: string): Markup {
  return new Markup(markup);
}

function markupOf(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.toString();
  if (isList(value)) return value.map(markupOf).join('');
  return escape(String(value));
}

function isList(value: Content): value is readonly Content[] {
  return Array.isArray(value);
}
