import type { KoaApp } from './shapes.js';

/** Without a count Koa believes the first address of the header, which is the client's to write. @internal */
export function trustsAll({ proxy, maxIpsCount = 0 }: Pick<KoaApp, 'proxy' | 'maxIpsCount'>): boolean {
  return proxy === true && !(maxIpsCount > 0);
}
