/**
 * A state's address without the password that may be in it, and the password. Compiled projects are stored,
 * printed and pinned by releases; a secret must not be.
 */
export function splitPassword(state: string): { readonly address: string; readonly password?: string } {
  // By hand rather than as a URL, which would rewrite the rest too.
  const [, before, password, after] = /^(\w+:\/\/[^/@?#:]*):([^/?#]*)(@.*)$/s.exec(state) ?? [];
  if (before === undefined || after === undefined) return { address: state };
  return { address: `${before}${after}`, ...(password ? { password: decoded(password) } : {}) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
