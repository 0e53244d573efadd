import { defineConfig, type Options } from 'tsup';
import { entryPoints } from './scripts/entry-points.js';

const entry = Object.fromEntries(entryPoints.map(({ name, source }) => [name, source]));

const dts = {
  entry,
  // `Disposable` is named in public types; projects whose `lib` ends at es2022 get it from this line.
  banner: '/// <reference lib="esnext.disposable" />',
  // tsup sets `baseUrl`, which TypeScript 6 refuses unless told to keep quiet.
  compilerOptions: { ignoreDeprecations: '6.0' },
};

const shared: Options = {
  entry,
  // Entry points share their common code, so that two of them in one program are one copy.
  splitting: true,
  target: 'node20.19',
  platform: 'node',
  // The sources are not shipped, and what is built is readable as it is.
  sourcemap: false,
  dts,
};

export default defineConfig([
  {
    ...shared,
    format: 'esm',
    entry: { ...entry, cli: 'src/cli/main.ts', 'watchdog-thread': 'src/cli/watchdog-thread.ts' },
  },
  // Declarations alone; scripts/build.ts makes the code of the modules that are built by then.
  { ...shared, format: 'cjs', dts: { ...dts, only: true } },
]);
