const UNITS: Readonly<Record<string, number>> = /* @__PURE__ */ Object.freeze({
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
});

/** A quantity of Kubernetes as a number, such as of bytes; `undefined` when it is none. */
export function quantityOf(text: string | undefined): number | undefined {
  const [, number, unit] = /^(\d{1,15}(?:\.\d{1,9})?)([A-Za-z]{0,2})$/.exec(text ?? '') ?? [];
  const factor = unit === undefined || !Object.hasOwn(UNITS, unit) ? undefined : UNITS[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}
