/**
 * Imports a file by its address. In a file of its own, which no build holds: the exports of TypeScript that is CommonJS to Node have their
 * names only where tsx has loaded who imports it.
 *
 * @param {string} url
 */
export function importFile(url) {
  return import(url);
}
