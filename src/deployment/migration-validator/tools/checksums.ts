import { digest } from '../disk.js';

/** With line ends as they are, and as they are on systems with other line ends: a checkout may have changed them. */
function withOtherLineEnds(content: string): string[] {
  const unix = content.replaceAll('\r\n', '\n');
  return [...new Set([content, unix, unix.replaceAll('\n', '\r\n')])];
}

/** SHA-256 of a text, whatever its line ends. @internal */
export function sha256OfText(content: string): string[] {
  return withOtherLineEnds(content).map((text) => digest('sha256', text));
}

/** The same, and as prisma once wrote it: each byte as a number, without a zero before a single digit. @internal */
export function prismaChecksums(content: string): string[] {
  const padded = sha256OfText(content);
  return [
    ...padded,
    ...padded.map((hex) => hex.replace(/0(.)|(..)/g, (_, digit?: string, both?: string) => digit ?? both ?? '')),
  ];
}
