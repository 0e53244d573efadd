import type { Clock } from '../../../core/clock.js';
import {
  clockOption,
  count,
  describe,
  finite,
  flag,
  group,
  type OptionKind,
  type ParsedOptions,
  parseOptions,
  text,
} from '../../../core/options.js';
import { environmentOption, listOption, optional, pathOption } from '../kinds.js';

/** The files of one server's TLS, in PEM; a certificate may be in DER as well. */
export interface TLSFiles {
  /** Its certificate, with those that lead to its authority behind it. */
  readonly cert: string;
  /** Its private key. @defaultValue not looked at */
  readonly key?: string | undefined;
  /** What opens the key; never shown. @defaultValue none */
  readonly passphrase?: string | undefined;
  /** Certificates one of which has to have signed it. @defaultValue not looked at */
  readonly ca?: string | undefined;
  /** Valid for fewer days it is a warning; at least 0. @defaultValue `30` */
  readonly expiresWithinDays?: number | undefined;
}

/** How a cookie is set, as frameworks have it. Other fields are not looked at. */
export interface CookieSettings {
  /** Shown in findings. @defaultValue its place in the list */
  readonly name?: string | undefined;
  /** Whether it is sent with TLS alone. */
  readonly secure?: boolean | 'auto' | undefined;
  /** Whether scripts of the page cannot read it. */
  readonly httpOnly?: boolean | undefined;
  /** Which sites send it; `true` is `'strict'`. */
  readonly sameSite?: boolean | 'strict' | 'lax' | 'none' | 'Strict' | 'Lax' | 'None' | undefined;
  /** Whose it is; left out, that of the host alone. */
  readonly domain?: string | undefined;
  /** Below which path it is sent. */
  readonly path?: string | undefined;
}

/** Which sites may read answers, as the package cors has it. Other fields are not looked at. */
export interface CORSSettings {
  /** `true` is whoever asks. A function is asked about a site that nobody has. */
  readonly origin: unknown;
  /** Whether cookies and the like come along. @defaultValue `false` */
  readonly credentials?: boolean | undefined;
}

/** Options of {@link securityCheck}. */
export interface SecurityCheckOptions {
  /**
   * Variables that must hold a strong secret, besides those that are set and called like `SECRET_KEY` or `ENCRYPTION_KEY`. All
   * others that are called like a secret must hold no known default. @defaultValue `[]`
   */
  readonly secrets?: readonly string[] | undefined;
  /** Shorter secrets are weak; characters, 8 to 1024. @defaultValue `32` */
  readonly minSecretLength?: number | undefined;
  /** Variables that must hold a connection string, such as the URL of a database, besides those whose value looks like one. @defaultValue `[]` */
  readonly databaseUrls?: readonly string[] | undefined;
  /** Where variables come from. @defaultValue the environment of the process, when the check runs */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Whether `NODE_ENV` must be `production`. @defaultValue `true` */
  readonly nodeEnv?: boolean | undefined;
  /** Number of the user that the service runs as, at least 0. @defaultValue that of the process */
  readonly userId?: number | undefined;
  /** What Node is started with. @defaultValue that of the process */
  readonly execArgv?: readonly string[] | undefined;
  /** Folder that relative paths start at, and where `.env` files are looked for. @defaultValue the working directory, when the check runs */
  readonly root?: string | undefined;
  /** Files of TLS. @defaultValue `[]` */
  readonly tls?: readonly TLSFiles[] | undefined;
  /** Files that nobody but their owner may read. @defaultValue `[]` */
  readonly files?: readonly string[] | undefined;
  /** The setting of Express or Koa: true, a number, addresses and ranges, or a function. @defaultValue not looked at */
  readonly trustProxy?: unknown;
  /** How cookies are set. @defaultValue `[]` */
  readonly cookies?: readonly CookieSettings[] | undefined;
  /** Who may read answers from other sites. @defaultValue not looked at */
  readonly cors?: CORSSettings | undefined;
  /** Time source: days are counted by its wall time. @defaultValue `systemClock` */
  readonly clock?: Clock | undefined;
}

/** Defaults of {@link SecurityCheckOptions} and {@link TLSFiles}. */
export const SECURITY_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({
  minSecretLength: 32,
  nodeEnv: true,
  expiresWithinDays: 30,
});

/** A name of a variable; anything else may be the value itself, and is not shown. */
function variableName(value: unknown, path: string, report: (path: string, message: string) => void): string {
  if (typeof value === 'string' && /^[A-Za-z_]\w{0,99}$/.test(value)) return value;
  report(path, `must be the name of an environment variable, got ${describe(value)}`);
  return '';
}

function stringKind(what: string): OptionKind<string> {
  return {
    parse(value, path, report) {
      if (typeof value !== 'string') report(path, `must be ${what}, got ${describe(value)}`);
      return value as string;
    },
  };
}

/** What is of another type would be looked at, and found to be nothing. */
function kindOf<T>(what: string, is: (value: unknown) => boolean): OptionKind<T> {
  return {
    parse(value, path, report) {
      if (value !== undefined && !is(value)) report(path, `must be ${what}, got ${describe(value)}`);
      return value as T;
    },
  };
}

function isTrustProxy(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0;
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return ['boolean', 'string', 'function'].includes(typeof value);
}

function isOrigin(value: unknown): boolean {
  const all: readonly unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
  return all.every((one) => one instanceof RegExp || ['boolean', 'string', 'function'].includes(typeof one));
}

function isSameSite(value: unknown): boolean {
  return typeof value === 'boolean' || (typeof value === 'string' && /^(?:strict|lax|none)$/i.test(value));
}

/** An object of someone else's, of which some fields are read. */
function settings<T>(what: string, fields: Readonly<Record<string, OptionKind<unknown>>>): OptionKind<T> {
  return {
    parse(value, path, report) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        report(path, `must be ${what}, got ${describe(value)}`);
        return {} as T;
      }
      // What is read may be masked, and fields may be getters of a class.
      const read = (name: string): unknown => (value as Readonly<Record<string, unknown>>)[name];
      const all = Object.entries(fields).map(([name, kind]) => [
        name,
        kind.parse(read(name), `${path}.${name}`, report),
      ]);
      return Object.fromEntries(all) as T;
    },
  };
}

function corsOption(): OptionKind<CORSSettings> {
  const origin = kindOf('true, false, an origin, a pattern, a function or a list of these', isOrigin);
  return settings('an object with origin', {
    origin: {
      parse(value, path, report) {
        if (value === undefined) report(path, 'is required: it says which sites may read answers');
        return origin.parse(value, path, report);
      },
    },
    credentials: kindOf('true or false', (value) => typeof value === 'boolean'),
  });
}

function schema() {
  const names = optional(listOption('names of variables', variableName, 0));
  const tls = group({
    cert: pathOption(),
    key: optional(pathOption()),
    passphrase: optional(stringKind('a text')),
    ca: optional(pathOption()),
    expiresWithinDays: finite({ min: 0, default: SECURITY_CHECK_DEFAULTS.expiresWithinDays }),
  });
  const path = pathOption();
  const cookie = settings<CookieSettings>('an object of settings', {
    name: text(undefined),
    secure: kindOf("true, false or 'auto'", (value) => typeof value === 'boolean' || value === 'auto'),
    httpOnly: kindOf('true or false', (value) => typeof value === 'boolean'),
    sameSite: kindOf("true, false, 'strict', 'lax' or 'none'", isSameSite),
    domain: kindOf('a text', (value) => typeof value === 'string'),
    path: kindOf('a text', (value) => typeof value === 'string'),
  });
  const flagText = stringKind('a text');
  return {
    secrets: names,
    minSecretLength: count({ min: 8, max: 1_024, default: SECURITY_CHECK_DEFAULTS.minSecretLength }),
    databaseUrls: names,
    environment: environmentOption(),
    nodeEnv: flag(SECURITY_CHECK_DEFAULTS.nodeEnv),
    userId: count({ min: 0, default: undefined }),
    execArgv: optional(listOption('texts', (value, at, report) => flagText.parse(value, at, report), 0)),
    root: optional(pathOption()),
    tls: listOption('objects with cert', (value, at, report) => tls.parse(value, at, report), 0),
    files: listOption('paths', (value, at, report) => path.parse(value, at, report), 0),
    trustProxy: kindOf<unknown>('true, false, a number of proxies, addresses and ranges, or a function', isTrustProxy),
    cookies: listOption('settings of cookies', (value, at, report) => cookie.parse(value, at, report), 0),
    cors: optional(corsOption()),
    clock: clockOption(),
  };
}

/** @internal */
export type SecurityOptions = ParsedOptions<ReturnType<typeof schema>>;

/** @internal */
export function readSecurityOptions(options: unknown): SecurityOptions {
  return parseOptions('securityCheck', schema(), options);
}
