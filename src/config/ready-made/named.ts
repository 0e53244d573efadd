import type { ConfigOptions } from '../configuration.js';

/** The options with a name, where they have none. @internal */
export function named(name: string, options: ConfigOptions | undefined): ConfigOptions {
  return { ...options, name: options?.name ?? name };
}
