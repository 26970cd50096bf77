// Numbers as file formats write them.

const written = (length: number, write: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
};

export const big16 = (value: number) => written(2, (bytes) => bytes.writeUInt16BE(value & 0xffff));
export const big32 = (value: number) => written(4, (bytes) => bytes.writeUInt32BE(value >>> 0));
export const little16 = (value: number) => written(2, (bytes) => bytes.writeUInt16LE(value & 0xffff));
export const little24 = (value: number) => written(3, (bytes) => bytes.writeUIntLE(value & 0xffffff, 0, 3));
export const little32 = (value: number) => written(4, (bytes) => bytes.writeUInt32LE(value >>> 0));
export const latin1 = (text: string) => Buffer.from(text, "latin1");
