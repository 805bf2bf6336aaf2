import { createRequire } from "node:module";

interface Flags {
  readonly length: number;
  readonly nullCount: number;
}

interface Assembler {
  prototype: { visitBool: (this: unknown, data: Flags) => unknown };
}

/**
 * apache-arrow 18.1 writes no values for a column of flags that are all null, and LanceDB, which holds that library's CommonJS copy, refuses such
 * rows for ever: "Need at least 1 bytes for bitmap in buffers[0] in array of type Boolean". Told that one is not null, it writes them; the
 * number of nulls that goes into the file is taken elsewhere.
 */
function writeFlagsThatAreAllNull(): void {
  const { VectorAssembler } = createRequire(import.meta.url)("apache-arrow/visitor/vectorassembler") as {
    VectorAssembler: Assembler;
  };
  const original = VectorAssembler.prototype.visitBool;
  VectorAssembler.prototype.visitBool = function (data) {
    const told = Object.create(data, { nullCount: { value: Math.min(data.nullCount, data.length - 1) } }) as Flags;
    return original.call(this, told);
  };
}

writeFlagsThatAreAllNull();
