declare module "opencc-js/dict/TSCharacters" {
  /** OpenCC's traditional characters with their simplified ones, "traditional simplified" pairs between bars; the first simplified one counts. */
  const pairs: string;
  export default pairs;
}
