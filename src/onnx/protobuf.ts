import protobuf from "protobufjs/minimal.js";

/** Writes protocol-buffer fields by their numbers, in the order of the calls (wire format: protobuf.dev/programming-guides/encoding). */
export class ProtobufWriter {
  readonly #writer = protobuf.Writer.create();

  /** Field of wire type 0. */
  integer(field: number, value: number): this {
    this.#writer.uint32(field << 3).int64(value);
    return this;
  }

  /** Field of wire type 5. */
  float(field: number, value: number): this {
    this.#writer.uint32((field << 3) | 5).float(value);
    return this;
  }

  /** Field of wire type 2. */
  bytes(field: number, value: Uint8Array): this {
    this.#writer.uint32((field << 3) | 2).bytes(value);
    return this;
  }

  text(field: number, value: string): this {
    this.#writer.uint32((field << 3) | 2).string(value);
    return this;
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    return this.#writer.finish();
  }
}
