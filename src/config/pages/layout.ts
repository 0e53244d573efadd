/** JSON as it is kept in files. @internal */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Whether two texts have the same lines, however these end. @internal */
export function sameLines(a: string, b: string): boolean {
  return linesOf(a) === linesOf(b);
}

/** Whether two texts are the same JSON, however it is laid out. @internal */
export function sameJson(a: string, b: string): boolean {
  try {
    return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
  } catch {
    return false;
  }
}

/** Whether two texts are the same Markdown, however wide the columns of its tables are. @internal */
export function sameMarkdown(a: string, b: string): boolean {
  const narrow = (text: string): string =>
    linesOf(text)
      .replace(/-{3,}/g, '---')
      .replace(/ {2,}/g, ' ')
      .replaceAll('\\', '')
      .replaceAll('_', '*')
      .replace(/ $/gm, '');
  return narrow(a) === narrow(b);
}

function linesOf(text: string): string {
  return text
    .replace(/^\ufeff/, '')
    .replaceAll('\r\n', '\n')
    .trimEnd();
}
