import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ms } from '../client.js';
import { rotateThrice } from '../rotation.js';
import { KEY_LENGTH, newSecret, PIECE, showsAny } from '../secrets.js';
import type { Scene, Stage } from '../stage.js';

const SERVICE = fileURLToPath(new URL('../configured-service.ts', import.meta.url));
const INVALID = 78;
const PATIENCE_MS = 20_000;

/** What is wrong is said before anything starts, and all of it; what changes later is taken over, or refused. */
export const configuration: Scene = {
  title: 'Configuration and a rotated secret',
  main: false,
  word: 'configuration',
  async play(stage) {
    await startTwice(stage);
    const folder = await mkdtemp(path.join(stage.database.folder, 'mounted-'));
    try {
      await rotateThrice(stage, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function startTwice(stage: Stage): Promise<void> {
  const { user, password, host, port, database } = stage.database.address;
  const url = (at: number): string => `postgres://${user}:${password}@${host}:${String(at)}/${database}`;
  const short = newSecret(KEY_LENGTH / 4);
  const key = newSecret(KEY_LENGTH);
  const nobody = await closedPort();

  stage.say('A service of its own starts with four mistakes in its environment. What it prints:');
  const wrong = await start({
    DATABASE_URL: url(nobody),
    API_PORT: '80a0',
    SECRET_KEY: short,
    MAIL_FORM: 'shop@example.com',
  });
  for (const line of wrong.text.trimEnd().split('\n')) stage.quote(line);
  const faults = wrong.text.split('\n').filter((line) => /^ {2}(INVALID|MISSING|error|FAIL) /.test(line));
  const wanted = [
    /API_PORT +must be a whole number/,
    new RegExp(`SECRET_KEY .*at least ${String(KEY_LENGTH)} characters`),
    /MAIL_FROM .*MAIL_FORM is set/,
    new RegExp(`DATABASE_URL .*${String(nobody)} \\(ECONNREFUSED\\)`),
  ];
  stage.promise(
    'a misspelt key, a port that is none, a short secret, a database that is not there: one report tells all four',
    faults.length === wanted.length && wanted.every((fault, i) => fault.test(faults[i] ?? '')),
    `${String(faults.length)} lines say what is wrong`,
  );
  stage.promise(
    'it does not start, and ends with the code that it chose for that',
    wrong.exitCode === INVALID && wrong.answered === undefined,
    `exit code ${String(wrong.exitCode)} after ${ms(wrong.ms)}`,
  );

  stage.say('The same with the mistakes put right:');
  const right = await start({
    DATABASE_URL: url(port),
    API_PORT: '0',
    SECRET_KEY: key,
    MAIL_FROM: 'shop@example.com',
  });
  for (const line of right.text.trimEnd().split('\n')) stage.quote(line);
  stage.promise(
    'with the right environment it starts and answers',
    right.exitCode === 0 && right.answered === 200,
    `answered ${String(right.answered)}, exit code ${String(right.exitCode)} when it was hung up on`,
  );
  const texts = [wrong.text, right.text];
  const secrets = [password, short, key];
  stage.promise(
    'neither report holds a piece of a secret, nor of the one that was wrong; where the database is can be read',
    texts.every((text) => !showsAny(text, secrets) && text.includes(host)),
    `${String(secrets.length)} secrets, looked for in pieces of ${String(PIECE)} characters`,
  );
}

interface Start {
  /** What it printed. */
  readonly text: string;
  readonly exitCode: number | null;
  /** The status of its answer, if it listened. */
  readonly answered: number | undefined;
  readonly ms: number;
}

/** Starts the service with this environment and nothing else in it, asks it once, and hangs up. */
async function start(env: Readonly<Record<string, string>>): Promise<Start> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...process.execArgv, SERVICE], {
    env: { TMPDIR: process.env['TMPDIR'], ...env },
    timeout: PATIENCE_MS,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let text = '';
  const port = new Promise<string | undefined>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        const found = /^listening on port (\d+)\n/m.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
    child.once('exit', () => {
      resolve(undefined);
    });
  });
  let answered: number | undefined;
  try {
    const at = await port;
    if (at !== undefined) answered = (await fetch(`http://127.0.0.1:${at}/`)).status;
  } finally {
    child.stdin.end();
  }
  const [exitCode] = await ended;
  return { text, exitCode, answered, ms: performance.now() - startedMs };
}

/** A port of this machine where nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
