/**
 * Compares the public API of every entry point with its report in etc/. With `--update` the reports are written anew.
 */
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { entryPoints, root } from './entry-points.js';

const update = process.argv.includes('--update');

function configOf(name: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      newlineKind: 'lf',
      mainEntryPointFilePath: declarationsOf(name),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            lib: ['es2022', 'esnext.disposable'],
            module: 'nodenext',
            moduleResolution: 'nodenext',
            types: [],
            strict: true,
          },
        },
      },
      apiReport: {
        enabled: true,
        reportFolder: join(root, 'etc'),
        reportTempFolder: join(root, '.cache', 'api'),
        reportFileName: `${name}.api.md`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.None },
        },
      },
    },
  });
}

function declarationsOf(name: string): string {
  return join(root, 'dist', `${name}.d.ts`);
}

const configs = new Map(entryPoints.map(({ name }) => [name, configOf(name)]));
const [first] = configs.values();
if (first === undefined) throw new Error('there is no entry point');
// One program for all of them: what they share is read once.
const compilerState = CompilerState.create(first, { additionalEntryPoints: [...configs.keys()].map(declarationsOf) });
let failed = 0;
for (const [name, config] of configs) {
  const known = existsSync(join(root, 'etc', `${name}.api.md`));
  const { apiReportChanged, errorCount } = Extractor.invoke(config, {
    compilerState,
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) console.error(message.text);
    },
  });
  if (errorCount > 0 || (!update && (apiReportChanged || !known))) {
    failed++;
    console.error(`etc/${name}.api.md differs from the public API: if the change is meant, run "npm run api:update"`);
  }
}
console.log(
  failed === 0
    ? `the API of ${String(entryPoints.length)} entry points is as reported`
    : `${String(failed)} reports differ`,
);
process.exitCode = failed === 0 ? 0 : 1;
