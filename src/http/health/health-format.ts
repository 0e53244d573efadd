import type { HealthFormat } from '../../health/index.js';
import { type AcceptRange, acceptRanges } from '../../internal/accept.js';

interface Form {
  readonly format: HealthFormat;
  readonly type: string;
  readonly subtype: string;
  /** The only version that there is of it. */
  readonly version?: string;
}

/** In the order in which they are preferred where a wildcard leaves the choice. */
const FORMS: readonly Form[] = /* @__PURE__ */ Object.freeze([
  { format: 'json', type: 'application', subtype: 'json' },
  { format: 'health+json', type: 'application', subtype: 'health+json' },
  { format: 'prometheus', type: 'text', subtype: 'plain', version: '0.0.4' },
]);
/** And where several are named: whoever names health+json knows it. */
const NAMED: readonly HealthFormat[] = /* @__PURE__ */ Object.freeze(['health+json', 'json', 'prometheus']);

const Specificity = /* @__PURE__ */ Object.freeze({ ANY: 0, TYPE: 1, NAMED: 2, VERSION: 3 });

interface Wish {
  readonly specificity: number;
  readonly q: number;
}

/**
 * Which form an `Accept` header asks for: of each form the most specific range that covers it says how much it is wanted.
 * What is named goes before what a wildcard covers. JSON when it asks for none of them, for everything, or is malformed: a
 * probe must get an answer, whatever it says.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 * @internal
 */
export function healthFormat(accept: string | undefined): HealthFormat {
  if (accept === undefined) return 'json';
  const ranges = acceptRanges(accept);
  let best: { readonly format: HealthFormat; readonly wish: Wish } | undefined;
  for (const form of FORMS) {
    const wish = wishFor(form, ranges);
    if (wish === undefined || wish.q === 0) continue;
    const found = { format: form.format, wish };
    if (best === undefined || isBetter(found, best)) best = found;
  }
  return best?.format ?? 'json';
}

function isBetter(
  a: { readonly format: HealthFormat; readonly wish: Wish },
  b: { readonly format: HealthFormat; readonly wish: Wish },
): boolean {
  if (a.wish.q !== b.wish.q) return a.wish.q > b.wish.q;
  const [isNamed, wasNamed] = [a.wish.specificity >= Specificity.NAMED, b.wish.specificity >= Specificity.NAMED];
  if (isNamed !== wasNamed) return isNamed;
  return isNamed && NAMED.indexOf(a.format) < NAMED.indexOf(b.format);
}

function wishFor(form: Form, ranges: readonly AcceptRange[]): Wish | undefined {
  let wish: Wish | undefined;
  for (const range of ranges) {
    const specificity = specificityOf(range, form);
    if (specificity === undefined || specificity < (wish?.specificity ?? 0)) continue;
    const isMore = specificity > (wish?.specificity ?? -1);
    wish = { specificity, q: isMore ? range.q : Math.max(range.q, wish?.q ?? 0) };
  }
  return wish;
}

/** How closely a range describes a form; `undefined` when it does not cover it. */
function specificityOf({ type, subtype, version }: AcceptRange, form: Form): number | undefined {
  if (type === '*') return subtype === '*' ? Specificity.ANY : undefined;
  if (type !== form.type) return undefined;
  if (subtype === '*') return Specificity.TYPE;
  if (subtype !== form.subtype) return undefined;
  if (version === undefined || form.version === undefined) return Specificity.NAMED;
  return version === form.version ? Specificity.VERSION : undefined;
}
