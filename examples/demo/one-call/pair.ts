import { CircuitBreaker } from 'breakwater/circuit-breaker';
import { HealthCheckService, memoryCheck } from 'breakwater/health';
import { StructuredLogger } from 'breakwater/logger';
import { LogBook } from '../log-book.js';
import type { Framework } from '../options.js';
import { KEY_LENGTH, newSecret } from '../secrets.js';
import { openShop, PaymentError } from './shop.js';
import { Side } from './side.js';

/** Failed logins that flag an address. */
export const GUESSES = 5;
/** The breaker that the page shows. */
export const BANK = 'bank';
/** So many failed payments open it. */
const FAILURES = 2;

/** The same shop twice. */
export interface Pair {
  readonly bare: Side;
  readonly hardened: Side;
  /** Lets who has it see details. */
  readonly token: string;
  /** Of the shop at its bank. */
  readonly bankPassword: string;
  /** Of the one customer who may log in. */
  readonly customerPassword: string;
  /** Takes the call back. */
  dispose(): void;
  close(): Promise<void>;
}

/** Opens the shop as it is, and the same shop after one call. */
export async function openPair(framework: Framework): Promise<Pair> {
  const [token, bankPassword, customerPassword] = [newSecret(KEY_LENGTH), newSecret(KEY_LENGTH), newSecret(KEY_LENGTH)];
  const pay = () => Promise.reject(new PaymentError(`login at the bank failed: user=shop password=${bankPassword}`));

  const bareBook = new LogBook();
  const log = (msg: string, fields?: object): void => {
    bareBook.write(JSON.stringify({ msg, ...fields }));
  };
  const bareShop = openShop(framework, { log, pay, customerPassword });

  const book = new LogBook();
  const logger = new StructuredLogger({ service: 'shop', destination: book });
  const breaker = new CircuitBreaker({ name: BANK, failureThreshold: FAILURES });
  const health = new HealthCheckService();
  health.register('memory', memoryCheck());
  const guarded = {
    log: logger.systemEvent.bind(logger),
    pay: () => breaker.execute(pay),
    customerPassword,
  };
  const { listener, mounted } = openShop(framework, guarded, {
    logger,
    metrics: {},
    health,
    components: [breaker],
    abuse: { threshold: GUESSES, action: 'reject' },
    trustProxy: 1,
    authorize: token,
    statusPage: { title: 'Shop' },
  });

  const [bare, hardened] = [new Side(bareShop.listener, bareBook), new Side(listener, book)];
  await Promise.all([bare.listen(), hardened.listen()]);
  return {
    bare,
    hardened,
    token,
    bankPassword,
    customerPassword,
    dispose: () => mounted?.dispose(),
    close: async () => {
      await Promise.all([bare.close(), hardened.close()]);
      await logger.flush(1_000);
    },
  };
}
