/** An element of a document. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const TOKEN = /<\?xml [^>]*\?>|<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;

/** Reads a small document strictly: whatever is not well-formed throws. */
export function parse(document: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  for (let end = 0; end < document.length; end = TOKEN.lastIndex) {
    TOKEN.lastIndex = end;
    const token = TOKEN.exec(document);
    if (token === null) throw new Error(`not well-formed at ${String(end)}: ${document.slice(end, end + 40)}`);
    const [, close, name, attributes, empty, text] = token;
    const top = open.at(-1) as Element;
    if (text !== undefined) top.text += decoded(text);
    else if (name === undefined) continue;
    else if (close === '/') {
      if (open.pop()?.name !== name) throw new Error(`${name} is closed and was not open`);
    } else {
      const element = { name, attributes: read(attributes ?? ''), children: [], text: '' };
      top.children.push(element);
      if (empty !== '/') open.push(element);
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('not one element');
  return root.children[0] as Element;
}

function read(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(/([\w-]+)="([^"]*)"/g)) found[name] = decoded(value);
  return found;
}

function decoded(text: string): string {
  // eslint-disable-next-line no-control-regex -- what XML 1.0 forbids
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    throw new Error('a character that XML forbids');
  return text.replaceAll(/&(?:#(\d+);)?/g, (_match: string, number: string | undefined) => {
    if (number === undefined) throw new Error('an ampersand that is no reference');
    return String.fromCharCode(Number(number));
  });
}
