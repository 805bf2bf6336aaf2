/** From here on this process loads TypeScript files that are in no build. */
export async function loadTypeScript() {
  await import("tsx");
}
