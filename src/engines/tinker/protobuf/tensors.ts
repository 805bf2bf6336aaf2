/** Tensors of the protocol's protobuf form: raw little-endian bytes. */

const types = { FLOAT32: 1, INT64: 2, INT32: 3, BFLOAT16: 4 } as const;

export interface ByteTensor {
  readonly dense: Uint8Array;
  readonly dtype: number;
  readonly shape: readonly number[];
}

/** A vector as a tensor: 64-bit integers, or 32-bit floats. */
export function encodeTensor(data: readonly number[], integers: boolean): ByteTensor {
  const dense = integers ? encodeInt64(data) : encodeFloat32(data);
  return { dense, dtype: integers ? types.INT64 : types.FLOAT32, shape: [data.length] };
}

/** 32-bit floats, little endian. */
export function encodeFloat32(data: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.length * 4));
  for (const [index, value] of data.entries()) view.setFloat32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

/** 32-bit integers, little endian. */
export function encodeInt32(data: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.length * 4));
  for (const [index, value] of data.entries()) view.setInt32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

/** 64-bit integers, little endian. */
export function encodeInt64(data: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.length * 8));
  for (const [index, value] of data.entries()) view.setBigInt64(index * 8, BigInt(value), true);
  return new Uint8Array(view.buffer);
}

/** Values of any of the protocol's types; bfloat16 is the upper half of a float32. Throws RangeError for other types and for torn bytes. */
export function decodeNumbers(bytes: Uint8Array, dtype: number): number[] {
  const width = widthOf(dtype);
  if (bytes.byteLength % width !== 0)
    throw new RangeError(`${bytes.byteLength} bytes are no whole number of entries of ${width} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / width }, (_, index) => readEntry(view, index * width, dtype));
}

/** In bytes. */
export function widthOf(dtype: number): number {
  if (dtype === types.FLOAT32 || dtype === types.INT32) return 4;
  if (dtype === types.INT64) return 8;
  if (dtype === types.BFLOAT16) return 2;
  throw new RangeError(`type ${dtype} of a tensor is not known`);
}

export const decodeFloat32 = (bytes: Uint8Array): number[] => decodeNumbers(bytes, types.FLOAT32);
export const decodeInt32 = (bytes: Uint8Array): number[] => decodeNumbers(bytes, types.INT32);
export const decodeInt64 = (bytes: Uint8Array): number[] => decodeNumbers(bytes, types.INT64);

function readEntry(view: DataView, at: number, dtype: number): number {
  if (dtype === types.FLOAT32) return view.getFloat32(at, true);
  if (dtype === types.INT32) return view.getInt32(at, true);
  if (dtype === types.INT64) return Number(view.getBigInt64(at, true));
  const wide = new DataView(new ArrayBuffer(4));
  wide.setUint32(0, view.getUint16(at, true) * 2 ** 16);
  return wide.getFloat32(0);
}
