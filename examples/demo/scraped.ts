import type { Client } from './client.js';

/** A scrape of the metrics, as a monitoring system reads it. */
export class Scraped {
  readonly text: string;
  readonly #series = new Map<string, number>();

  private constructor(text: string) {
    this.text = text;
    for (const line of text.split('\n')) {
      const end = line.lastIndexOf(' ');
      if (end > 0 && !line.startsWith('#')) this.#series.set(line.slice(0, end), Number(line.slice(end + 1)));
    }
  }

  static async by(client: Client, path = '/metrics', headers: Readonly<Record<string, string>> = {}): Promise<Scraped> {
    const { status, body } = await client.get(path, headers);
    if (status !== 200) throw new Error(`the scrape was answered ${String(status)}`);
    return new Scraped(body);
  }

  /** How many series there are. */
  get size(): number {
    return this.#series.size;
  }

  /** The value of a series; 0 for one that there is not yet. */
  value(name: string, labels: Readonly<Record<string, string>>): number {
    const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
    return this.#series.get(`${name}{${sorted.map(([label, value]) => `${label}="${value}"`).join()}}`) ?? 0;
  }
}
