import { hasDigest, isLatest, tagOf } from '../../lint/image-name.js';
import type { Rule } from '../stages.js';

/** Instructions that there are. Source: the Dockerfile reference. */
const KNOWN =
  /^(ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/;

/** Whether the same file makes the same image tomorrow. */
export const pinned: Rule = function* ({ stages }) {
  for (const { image, base, from } of stages) {
    if (base !== undefined || image.toLowerCase() === 'scratch' || hasDigest(image)) continue;
    const common = { id: 'dockerfile.unpinned', line: from.line } as const;
    const hint = 'name a version, or a digest: FROM docker.io/library/node:20.20.2-bookworm-slim';
    if (image.includes('$'))
      yield {
        ...common,
        status: 'FAIL',
        crashed: true,
        message: 'which image it begins with cannot be told: a variable of FROM has no value here',
        hint: 'give its ARG before the first FROM a value',
      };
    else if (isLatest(image))
      yield { ...common, status: 'FAIL', message: `${image} is whatever image is the newest`, hint };
    else if (!/\d/.test(tagOf(image) ?? ''))
      yield { ...common, status: 'WARN', message: `${image} has a tag without a version, which moves on`, hint };
  }
};

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
