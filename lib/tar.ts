/** A file of an archive. */
export interface TarFile {
  /** Relative path, folders with slashes. */
  name: string;
  content: string | Buffer;
}

const block = 512;

/** What the header's fields can take of a path: a folder and a name. */
const longest = { folder: 155, name: 100 };

/** A path as the two fields of a header take it: cut at a slash. */
const fieldsOf = (path: string): { folder: string; name: string } => {
  if (Buffer.byteLength(path) <= longest.name) return { folder: "", name: path };
  const cuts = [...path].flatMap((character, index) => (character === "/" ? [index] : []));
  for (const cut of cuts) {
    const [folder, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (Buffer.byteLength(folder) <= longest.folder && Buffer.byteLength(name) <= longest.name) return { folder, name };
  }
  throw new Error(`the path ${path} is too long for an archive`);
};

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, "0")}\0`;

const headerOf = (path: string, size: number, seconds: number): Buffer => {
  const header = Buffer.alloc(block);
  const { folder, name } = fieldsOf(path);
  header.write(name, 0);
  header.write(octal(0o600, 8), 100);
  header.write(octal(0, 8), 108); // owner and group: whoever unpacks it
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(seconds, 12), 136);
  header.write(" ".repeat(8), 148); // the sum counts its own field as spaces
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(folder, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
};

/**
 * An archive in the format ustar, which every tar reads. Files have mode 0600.
 *
 * @param time when the files are said to have been made
 * @throws for a path that no header takes: a name of more than 100 bytes, or a folder of more than 155
 */
export const tar = (files: readonly TarFile[], time: Date): Buffer => {
  const seconds = Math.floor(time.getTime() / 1000);
  const parts = files.flatMap(({ name, content }) => {
    const bytes = Buffer.from(content);
    return [headerOf(name, bytes.length, seconds), bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
};
