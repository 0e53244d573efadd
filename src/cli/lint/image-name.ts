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
