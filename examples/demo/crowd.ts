import { type Answer, Client } from './client.js';
import { sleep } from './stage.js';

const PAUSE_MS = 30;

/** Visitors that come again and again, each to one of the replicas that are in the rotation at that moment. */
export class Crowd {
  readonly answers: Answer[] = [];
  /** What became of requests without an answer. */
  readonly failures: string[] = [];
  readonly #rotation: ReadonlySet<string>;
  readonly #clients = new Set<Client>();
  readonly #visits: readonly Promise<void>[];
  #isOver = false;

  /**
   * @param rotation - where the replicas are; changed by others meanwhile.
   * @param keptAlive - how many visitors keep their connection,
   * @param fresh - and how many have a new one for each request.
   */
  constructor(rotation: ReadonlySet<string>, keptAlive: number, fresh: number) {
    this.#rotation = rotation;
    this.#visits = [
      ...Array.from({ length: keptAlive }, (_, at) => this.#stay(at)),
      ...Array.from({ length: fresh }, (_, at) => this.#comeAndGo(at)),
    ];
  }

  /** Lets the visitors finish what they are at. */
  async leave(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#visits);
    for (const client of this.#clients) client.close();
  }

  /** Goes to the same replica as long as that is in the rotation. What it leaves behind is an idle connection. */
  async #stay(at: number): Promise<void> {
    const clients = new Map<string, Client>();
    let url = this.#one(at);
    while (!this.#isOver) {
      if (!this.#rotation.has(url)) url = this.#one(at);
      const client = clients.get(url) ?? new Client(url, undefined);
      clients.set(url, client);
      this.#clients.add(client);
      await this.#ask(client);
    }
  }

  async #comeAndGo(at: number): Promise<void> {
    for (let visit = at; !this.#isOver; visit++) {
      const client = new Client(this.#one(visit), undefined);
      await this.#ask(client);
      client.close();
    }
  }

  async #ask(client: Client): Promise<void> {
    try {
      this.answers.push(await client.get('/'));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.failures.push(code ?? message);
    }
    await sleep(PAUSE_MS);
  }

  #one(at: number): string {
    const urls = [...this.#rotation];
    return urls[at % urls.length] ?? '';
  }
}
