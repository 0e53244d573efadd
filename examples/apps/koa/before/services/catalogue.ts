import { CATALOGUE_URL } from '../config.js';

export interface Product {
  sku: string;
  title: string;
  cents: number;
}

async function get(path: string): Promise<Response> {
  const answer = await fetch(CATALOGUE_URL + path, { signal: AbortSignal.timeout(2_000) });
  if (answer.status >= 500) throw new Error(`the catalogue answered ${String(answer.status)}`);
  return answer;
}

/** A product as the catalogue has it now; `undefined` when it has none. */
export async function product(sku: string): Promise<Product | undefined> {
  const answer = await get(`/products/${encodeURIComponent(sku)}`);
  return answer.ok ? ((await answer.json()) as Product) : undefined;
}

export async function isUp(): Promise<boolean> {
  return get('/health').then(
    ({ ok }) => ok,
    () => false,
  );
}
