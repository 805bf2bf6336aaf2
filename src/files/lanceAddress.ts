/** Signs that LanceDB leaves as they are everywhere in a folder's path. */
const plain = /^[\w ./!$&'+,:;=@()-]*$/u;

/**
 * How LanceDB is told of a folder. By its path alone it makes the folder of a table's tags under the path as in a web
 * address (/home/j%C3%B6rg), which may not even be allowed; through the store of files everything lies where it should.
 * That one reads an address, so that the address' own signs are escaped. Folders of plain signs are named by their path.
 */
export function lanceAddress(folder: string): string {
  return plain.test(folder) ? folder : `file-object-store://${folder.replaceAll(/[%#?\\]/gu, encodeURIComponent)}`;
}
