import type { PlatformAbortSignal } from '../../core/platform.js';
import type { PeerCertificate } from './certificate.js';

/** Where to look, and under which name. @internal */
export interface CertificatePlace {
  readonly host: string;
  readonly port: number;
  readonly servername: string | undefined;
  readonly ca: CertificateAuthorities | undefined;
}

/** Certificates that are trusted, in PEM. */
export type CertificateAuthorities = string | Uint8Array | readonly (string | Uint8Array)[];

/** Shakes hands with a server, looks at what it shows, and hangs up: nothing is sent. @internal */
export async function peerCertificate(place: CertificatePlace, signal: PlatformAbortSignal): Promise<PeerCertificate> {
  const [tls, net] = await Promise.all([import('node:tls'), import('node:net')]);
  const { host, port, ca } = place;
  const name = place.servername ?? host;
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw new Error('was given up');
    const socket = tls.connect({
      host,
      port,
      // Looked at here, so that one that is not trusted can be told from a server that is not there.
      rejectUnauthorized: false,
      // A server name that is an address is no server name.
      ...(net.isIP(name) === 0 ? { servername: name } : {}),
      ...(ca === undefined ? {} : { ca: [ca].flat() as (string | Buffer)[] }),
    });
    const hangUp = (): void => {
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
    };
    const fail = (error: Error): void => {
      hangUp();
      reject(error);
    };
    const giveUp = (): void => {
      fail(new Error('was given up'));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    // Stays, since a socket may fail also after it was hung up.
    socket.on('error', fail);
    socket.once('close', () => {
      fail(new Error('the connection was closed before a certificate was shown'));
    });
    socket.once('secureConnect', () => {
      try {
        resolve(read());
        hangUp();
      } catch (error) {
        fail(error as Error);
      }
    });

    function read(): PeerCertificate {
      const shown = socket.getPeerCertificate();
      if (Object.keys(shown).length === 0) throw new Error('the server shows no certificate');
      const code = socket.authorized ? undefined : String(socket.authorizationError);
      return {
        validFromMs: Date.parse(shown.valid_from),
        validToMs: Date.parse(shown.valid_to),
        namesHost: tls.checkServerIdentity(name, shown) === undefined,
        // That is what `namesHost` says.
        distrust: code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? undefined : code,
      };
    }
  });
}
