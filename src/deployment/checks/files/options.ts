import type { StandardSchema } from '../../../config/index.js';
import { count, flag, group, oneOf, optionalFunction, parseOptions } from '../../../core/options.js';
import { isUrl, listOption, optional, pathOption, schemaOption } from '../kinds.js';
import { idPart } from '../report.js';

/** How a file is read. */
export type CheckedFileFormat = 'json' | 'yaml' | 'toml' | 'text';

/** A file that {@link filesCheck} looks at. */
export interface CheckedFile {
  /** Absolute, or below `root`. */
  readonly path: string;
  /** @defaultValue by the extension: `.json`, `.yaml`, `.yml` and `.toml`; anything else is text */
  readonly format?: CheckedFileFormat | undefined;
  /** What it must fit, of any library that follows Standard Schema. It gets what was parsed: of text, the text. @defaultValue none */
  readonly schema?: StandardSchema | undefined;
  /** Reads the text in place of the parser of its format; what it throws means that the file is wrong. @defaultValue that of the format */
  readonly parse?: ((text: string) => unknown) | undefined;
  /** Whether it must be there. @defaultValue `true` */
  readonly required?: boolean | undefined;
  /** Whether nobody but its owner may read it. @defaultValue `false` */
  readonly secret?: boolean | undefined;
  /** Larger is wrong; bytes, 1 to 67,108,864. @defaultValue `1_048_576` */
  readonly maxBytes?: number | undefined;
  /** Whether blank is wrong. @defaultValue `true` */
  readonly notEmpty?: boolean | undefined;
}

/** Options of {@link filesCheck}. */
export interface FilesCheckOptions {
  /** Folder that relative paths start at. @defaultValue the working directory, when the check runs */
  readonly root?: string | undefined;
}

/** Defaults of {@link CheckedFile}. */
export const FILES_CHECK_DEFAULTS = /* @__PURE__ */ Object.freeze({
  required: true,
  secret: false,
  maxBytes: 1_048_576,
  notEmpty: true,
});

/** A file, read from the options. @internal */
export interface FileToCheck {
  readonly path: string;
  /** The end of the ids of its findings. */
  readonly id: string;
  readonly format: CheckedFileFormat;
  readonly schema: StandardSchema | undefined;
  readonly parse: ((text: string) => unknown) | undefined;
  readonly required: boolean;
  readonly secret: boolean;
  readonly maxBytes: number;
  readonly notEmpty: boolean;
}

const FORMATS = /* @__PURE__ */ Object.freeze(['json', 'yaml', 'toml', 'text'] as const);
const MOST_BYTES = 67_108_864;

function fileOption() {
  return group({
    path: pathOption(),
    format: optional(oneOf(FORMATS, 'text')),
    schema: optional(schemaOption()),
    parse: optionalFunction<(text: string) => unknown>(),
    required: flag(FILES_CHECK_DEFAULTS.required),
    secret: flag(FILES_CHECK_DEFAULTS.secret),
    maxBytes: count({ min: 1, max: MOST_BYTES, default: FILES_CHECK_DEFAULTS.maxBytes }),
    notEmpty: flag(FILES_CHECK_DEFAULTS.notEmpty),
  });
}

function formatOf(path: string): CheckedFileFormat {
  const extension = /\.(json|ya?ml|toml)$/i.exec(path)?.[1]?.toLowerCase();
  return extension === 'yml' ? 'yaml' : ((extension as CheckedFileFormat | undefined) ?? 'text');
}

/** @internal */
export function readFilesOptions(
  files: unknown,
  options: unknown,
): { readonly files: readonly FileToCheck[]; readonly root: string | undefined } {
  const item = fileOption();
  const list = listOption('files', (value, path, report) =>
    item.parse(typeof value === 'string' || isUrl(value) ? { path: value } : value, path, report),
  );
  const { files: parsed } = parseOptions('filesCheck', { files: list }, { files });
  const { root } = parseOptions('filesCheck', { root: optional(pathOption()) }, options);
  const times = new Map<string, number>();
  return {
    root,
    files: parsed.map((file) => {
      const id = idPart(file.path);
      const before = times.get(id) ?? 0;
      times.set(id, before + 1);
      return {
        ...file,
        // Two paths may look alike as an id.
        id: before === 0 ? id : `${id}-${String(before + 1)}`,
        format: file.format ?? formatOf(file.path),
      };
    }),
  };
}
