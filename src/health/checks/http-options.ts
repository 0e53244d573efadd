import { describe, type OptionKind } from '../../core/options.js';

/** One status or several; nothing for any that says success. @internal */
export function statusesOption(): OptionKind<readonly number[] | undefined> {
  return {
    parse(value, path, report) {
      if (value === undefined) return undefined;
      const statuses: readonly unknown[] = Array.isArray(value) ? value : [value];
      if (statuses.length === 0) report(path, 'must name at least one status');
      statuses.forEach((status, i) => {
        if (Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 599) return;
        const place = Array.isArray(value) ? `${path}[${String(i)}]` : path;
        report(place, `must be a status from 100 to 599, got ${describe(status)}`);
      });
      return [...statuses] as readonly number[];
    },
  };
}

const NAME = /^[!#$%&'*+.^`|~\w-]+$/;

/** Headers of a request, by name in lower case: what is no header is refused here, where nothing prints it. @internal */
export function headersOption(): OptionKind<Readonly<Record<string, string>>> {
  return {
    parse(value, path, report) {
      if (value === undefined) return {};
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        report(path, `must be an object of names and texts, got ${describe(value)}`);
        return {};
      }
      const headers: Record<string, string> = {};
      for (const [name, text] of Object.entries(value) as [string, unknown][]) {
        if (text === undefined) continue;
        if (!NAME.test(name)) report(path, 'has a name that cannot be the name of a header');
        else if (typeof text !== 'string') report(`${path}.${name}`, `must be a string, got ${describe(text)}`);
        // Source: RFC 9110, 5.5, and what `fetch` sends, a byte a character.
        else if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text))
          report(`${path}.${name}`, 'has a character that no header may have');
        else headers[name.toLowerCase()] = text;
      }
      return headers;
    },
  };
}
