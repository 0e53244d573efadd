/** The tag of an image; what stands before a slash may have a port. */
export function tagOf(image: string): string | undefined {
  return /:([^/:@]+)(?:@[^@]*)?$/.exec(image)?.[1];
}

/** Whether an image is named by a digest. */
export function hasDigest(image: string): boolean {
  return /@sha256:[a-f\d]{64}$/.test(image);
}

/** Whether a name stands for whatever image is the newest. */
export function isLatest(image: string): boolean {
  return !hasDigest(image) && (tagOf(image) ?? 'latest') === 'latest';
}

/** A name by the grammar of registries. Source: distribution/reference. What stands before the first slash is a host if it looks like one. */
const REFERENCE =
  /^(?:(?:localhost|[a-z\d-]+(?:\.[a-z\d-]+)+|\[[a-f\d:]+\]|[a-z\d.-]+(?=:\d))(?::\d{1,5})?\/)?([^:@]+)(?::(\w[\w.-]{0,127}))?(?:@[a-z\d]+(?:[.+_-][a-z\d]+)*:[a-f\d]{32,})?$/i;
const PATH = /^[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:\.|__?|-+)[a-z\d]+)*)*$/;

/** Whether a registry has images of such names; a tag such as `__TAG__` waits for somebody to fill it in. */
export function isImageName(image: string): boolean {
  const [, path = '', tag = ''] = (image.length <= 1_000 && REFERENCE.exec(image)) || [];
  return PATH.test(path) && !/^__\w+__$/.test(tag);
}
