/** The libraries, by what the command line calls them, in the order of the tables. Each is loaded when it is needed. */
const LOADERS = {
  breakwater: () => import('./breakwater.js').then(({ breakwater }) => breakwater),
  naive: () => import('./naive.js').then(({ naive }) => naive),
  terminus: () => import('./terminus.js').then(({ terminus }) => terminus),
  'http-terminator': () => import('./http-terminator.js').then(({ httpTerminator }) => httpTerminator),
  'http-graceful-shutdown': () =>
    import('./http-graceful-shutdown.js').then(({ httpGracefulShutdown }) => httpGracefulShutdown),
  lightship: () => import('./lightship.js').then(({ lightship }) => lightship),
};

export const LIBRARIES = Object.keys(LOADERS);

/** The driver of a library; ends the process, saying what to do, when the library is not there. */
export async function load(library) {
  try {
    const driver = await LOADERS[library]();
    if (driver.built?.() ?? true) return driver;
    console.error('dist/lifecycle.js is not there: run `npm run build` first');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    console.error(`${library} is missing: run \`npm --prefix bench ci\` first`);
  }
  return process.exit(2);
}
