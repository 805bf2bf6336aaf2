import { createRequire } from "node:module";

interface Flags {
  readonly length: number;
  readonly nullCount: number;
}

interface Assembler {
  prototype: { visitBool: (this: unknown, data: Flags) => unknown };
}

/**
 * apache-arrow 18.1 writes no values for a column of flags that are all null. LanceDB, which has that library's
 * CommonJS copy, refuses such rows for ever: "Need at least 1 bytes for bitmap in buffers[0] in array of type Boolean".
 * When it is told that one flag is not null, it writes the values. The number of nulls in the file comes from
 * elsewhere.
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
