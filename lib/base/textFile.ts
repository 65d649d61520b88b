/** Byte order marks of the encodings that Windows programs write, and the names of the encodings for TextDecoder. */
const marks: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/**
 * Returns the text of a file without a byte order mark. A mark of UTF-16 decides the encoding, since PowerShell redirects
 * output in UTF-16. Other bytes are UTF-8.
 */
export const decodeText = (bytes: Uint8Array): string => {
  const [, encoding = "utf-8"] = marks.find(([mark]) => mark.every((byte, index) => bytes[index] === byte)) ?? [];
  return new TextDecoder(encoding).decode(bytes);
};

/** Returns a text with LF line ends and without a byte order mark: the text that git stores. */
export const normalizedText = (bytes: Uint8Array): string => decodeText(bytes).replaceAll("\r\n", "\n");
