import { type CheckedFile, filesCheck } from 'breakwater/deployment';
import { Folder, lines, run } from './run.js';

/** What is found in one file. */
export async function foundIn(
  name: string,
  content: string | Uint8Array,
  file: Partial<CheckedFile> = {},
): Promise<string[]> {
  using folder = new Folder();
  folder.write(name, content);
  return lines(await run(filesCheck([{ path: name, ...file }], { root: folder.path })));
}
