import { empties } from './defaults.js';
import { operation } from './operation.js';
import { files, silence } from './secrets.js';
import { numbers, texts, words } from './values.js';

/** Every statement, in groups as the table shows them. */
export const GROUPS = [
  { title: 'Numbers', statements: numbers },
  { title: 'Booleans', statements: words },
  { title: 'URLs and lists', statements: texts },
  { title: 'Nothing, and defaults', statements: empties },
  { title: 'Secrets', statements: silence },
  { title: 'Secrets in files', statements: files },
  { title: 'Operation', statements: operation },
];
