/** Where this program lies. */

/** Root of the repository or the installed package, with a slash at its end: above `src/`, and above `dist/src/` once compiled. */
export const PACKAGE_ROOT: URL = new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url);
