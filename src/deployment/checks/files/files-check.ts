import type { DeploymentCheck } from '../../check.js';
import { counted, reportOf, warned } from '../report.js';
import { lookAt } from './look.js';
import { type CheckedFile, type FilesCheckOptions, readFilesOptions } from './options.js';

/**
 * A check of files: whether they are there, can be read, say what they should and are closed to those whom they do not
 * concern. Nothing that is in them is shown, only where in them something is wrong.
 *
 * YAML is read by the package `yaml` and TOML by `smol-toml`, which have to be installed for that.
 *
 * @param files - at least one; a path alone means a file that must be there.
 * @throws {@link InvalidOptionsError} naming every part of a file and every option that is unknown or impossible.
 *
 * @example
 * filesCheck(['config/app.json', { path: 'config/tls.key', secret: true }]);
 */
export function filesCheck(files: readonly (string | CheckedFile)[], options?: FilesCheckOptions): DeploymentCheck {
  const { files: listed, root } = readFilesOptions(files, options);
  return {
    id: 'files',
    name: 'Files',
    tags: ['files', 'static'],
    async run({ signal }) {
      const looks = [];
      for (const file of listed) {
        signal.throwIfAborted();
        looks.push(await lookAt(file, root, signal));
      }
      const absent = looks.filter((look) => look.absent === true).length;
      const there = listed.length - absent;
      const findings = looks.flatMap((look) => look.findings);
      if (there === 0)
        findings.push(
          warned('files.none', `none of the ${counted(absent, 'file')} is there, so that nothing was looked at`, {
            hint: 'is root the right folder?',
          }),
        );
      const left = absent === 0 ? '' : ` (${String(absent)} not there, and not required)`;
      return reportOf('files', counted(there, 'file') + left, findings, { files: listed.length, absent });
    },
  };
}
