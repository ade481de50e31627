/** Bytes taken at once. */
const SLICES = 8;

/**
 * Remainders by the reversed polynomial of IEEE 802.3, the one of zip, PNG and `zlib.crc32`: `TABLES[256 n + byte]` is
 * that of a byte which `n` bytes follow (Kounavis and Berry 2005, "A systematic approach to building high performance
 * software-based CRC generators": slicing by 8).
 */
const TABLES = slicingTables();

/** CRC-32 of `bytes`, 0 to 2³² - 1. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  let i = 0;
  for (; i + SLICES <= bytes.length; i += SLICES) {
    crc =
      TABLES[0x700 | ((crc ^ bytes[i]!) & 0xff)]! ^
      TABLES[0x600 | (((crc >>> 8) ^ bytes[i + 1]!) & 0xff)]! ^
      TABLES[0x500 | (((crc >>> 16) ^ bytes[i + 2]!) & 0xff)]! ^
      TABLES[0x400 | ((crc >>> 24) ^ bytes[i + 3]!)]! ^
      TABLES[0x300 | bytes[i + 4]!]! ^
      TABLES[0x200 | bytes[i + 5]!]! ^
      TABLES[0x100 | bytes[i + 6]!]! ^
      TABLES[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i += 1) crc = TABLES[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function slicingTables(): Int32Array {
  const tables = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    tables[byte] = remainder;
  }
  for (let at = 256; at < tables.length; at += 1) {
    const before = tables[at - 256]!;
    tables[at] = tables[before & 0xff]! ^ (before >>> 8);
  }
  return tables;
}
