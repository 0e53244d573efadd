import { hasDigest, isLatest, tagOf } from '../../lint/image-name.js';
import type { Found } from '../../lint/found.js';
import { type Rule, stageOf } from '../stages.js';

/** Instructions that there are. Source: the Dockerfile reference. */
const KNOWN =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/;

/** Whether the same file makes the same image tomorrow. */
export const pinned: Rule = function* ({ stages, instructions }) {
  for (const { image, base, from } of stages) {
    if (base !== undefined || image.toLowerCase() === 'scratch') continue;
    if (image.includes('$'))
      yield {
        id: 'dockerfile.unpinned',
        line: from.line,
        status: 'FAIL',
        crashed: true,
        message: 'which image it begins with cannot be told: a variable of FROM has no value here',
        hint: 'give its ARG before the first FROM a value',
      };
    else yield* moving(image, from.line);
  }
  for (const { name, flags, line } of instructions)
    for (const flag of flags) {
      const [, source = ''] = /^--(?:from=|mount=(?:.*,)?from=)([^,]+)/.exec(flag) ?? [];
      // What a variable is filled in for is told by the build.
      if (source === '' || source.includes('$') || stageOf(source, stages) !== undefined) continue;
      if (/[/:@]/.test(source)) yield* moving(source, line);
      else
        yield {
          id: 'dockerfile.unpinned',
          line,
          status: 'FAIL',
          message: `${name} takes from ${source}, and there is no stage of that name: as an image, it is whatever is the newest`,
          hint: 'correct the name of the stage, or name a version of the image',
        };
    }
};

function* moving(image: string, line: number): Iterable<Found> {
  if (hasDigest(image)) return;
  const common = {
    id: 'dockerfile.unpinned',
    line,
    hint: 'name a version, or a digest: docker.io/library/node:20.20.2-bookworm-slim',
  } as const;
  if (isLatest(image)) yield { ...common, status: 'FAIL', message: `${image} is whatever image is the newest` };
  else if (!/\d/.test(tagOf(image) ?? ''))
    yield { ...common, status: 'WARN', message: `${image} has a tag without a version, which moves on` };
}

/** Whether it can be built at all. */
export const instructionNames: Rule = function* ({ instructions }) {
  for (const { name, line } of instructions)
    if (!KNOWN.test(name))
      yield {
        id: 'dockerfile.unknown-instruction',
        status: 'FAIL',
        message: `there is no instruction ${name.slice(0, 40)}`,
        hint: 'look at how it is written, and at whether the line above ends with a backslash',
        line,
      };
};
