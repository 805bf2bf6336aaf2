const encoder = new TextEncoder();

/** Appends protocol-buffer fields to a growing byte array (wire format: protobuf.dev/programming-guides/encoding). */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** Field of wire type 0. */
  integer(field: number, value: number | bigint): this {
    this.#variableLength(BigInt(field) << 3n);
    this.#variableLength(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  /** Field of wire type 5. */
  float(field: number, value: number): this {
    this.#variableLength((BigInt(field) << 3n) | 5n);
    this.#reserve(4);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  /** Field of wire type 2. */
  bytes(field: number, value: Uint8Array): this {
    this.#variableLength((BigInt(field) << 3n) | 2n);
    this.#variableLength(BigInt(value.length));
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #variableLength(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
