/**
 * How often something random is tried. The source is tried in full; the built package, which runs on further lines of Node,
 * has the same code, so that a tenth is enough to see that the platform does as well.
 */
export function runs(full: number): number {
  return process.env['BREAKWATER_BUILT'] === '1' ? Math.ceil(full / 10) : full;
}
