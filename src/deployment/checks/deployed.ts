const AT_HOME: readonly string[] = /* @__PURE__ */ Object.freeze(['development', 'test']);

/** Whether what is checked for such a profile serves others, and not the one who writes it. @internal */
export function isDeployed(profile: string): boolean {
  return !AT_HOME.includes(profile);
}
