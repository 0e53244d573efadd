/** Text without control characters, which could rewrite a terminal or forge a line. @internal */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}

/** Text in one line, with what is no character of a line as a blank. @internal */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ');
}
