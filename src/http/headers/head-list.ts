import type { ResponseShape } from '../exchange.js';

/**
 * The headers that a call of `writeHead` brings along as a list of names and values, as a response of its own: what is filled
 * in goes to the list. Set on the response itself it would have the platform set the list's there too, one by one, of which
 * those that come several times, such as `Set-Cookie`, would be left once.
 *
 * @param args - of the call; a copy takes the list's place.
 * @returns `undefined` when there is no list, or the response has headers by now, with which the platform does that anyway.
 * @internal
 */
export function headList(response: ResponseShape, args: unknown[]): ResponseShape | undefined {
  const at = args.length > 1 ? args.findIndex((arg) => Array.isArray(arg)) : -1;
  const { getHeaderNames } = response as { readonly getHeaderNames?: () => readonly string[] };
  if (at === -1 || getHeaderNames?.call(response).length !== 0) return undefined;
  const inPairs = Array.isArray((args[at] as unknown[])[0]);
  const step = inPairs ? 1 : 2;
  const list = (args[at] = [...(args[at] as unknown[])]);
  const nameAt = (i: number): string => String(inPairs ? (list[i] as unknown[])[0] : list[i]).toLowerCase();
  const find = (name: string, from = 0): number => {
    for (let i = from; i + step <= list.length; i += step) if (nameAt(i) === name.toLowerCase()) return i;
    return -1;
  };
  return Object.create(response, {
    hasHeader: { value: (name: string) => find(name) !== -1 },
    getHeader: {
      value(name: string): unknown {
        const i = find(name);
        return i === -1 ? undefined : inPairs ? (list[i] as unknown[])[1] : list[i + 1];
      },
    },
    setHeader: {
      value(name: string, value: string): void {
        for (let i = find(name); i !== -1; i = find(name, i)) list.splice(i, step);
        if (inPairs) list.push([name, value]);
        else list.push(name, value);
      },
    },
  }) as ResponseShape;
}
