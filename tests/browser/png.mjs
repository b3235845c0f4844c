// Small pictures for the docs: the browser's PNG of a page has some thousand colours, nearly all of them at the
// rims of letters, and takes a third of the bytes with the 256 that are most frequent. Sections are those of the
// PNG specification (third edition).
import { deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

// The width and the height of a PNG, which its first chunk has (§11.2.1).
export const size = (png) => [png.readUInt32BE(16), png.readUInt32BE(20)];

// The same picture with a palette of 256 colours; without transparency.
export function withPalette(png) {
  const [width, height] = size(png);
  const [depth, colourType] = [png[24], png[25]];
  if (depth !== 8 || ![2, 6].includes(colourType)) throw new Error("8 bits of red, green and blue are wanted");
  const bytes = colourType === 2 ? 3 : 4;
  const pixels = pixelsOf(png, width * bytes, bytes);
  const colours = new Map();
  for (let at = 0; at < pixels.length; at += bytes) {
    const colour = pixels.readUIntBE(at, 3);
    colours.set(colour, (colours.get(colour) ?? 0) + 1);
  }
  const palette = [...colours].sort(([a, m], [b, n]) => n - m || a - b).slice(0, 256).map(([colour]) => colour);
  const places = new Map([...colours.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const lines = Buffer.alloc(height * (width + 1)); // Each line begins with filter 0, None.
  for (let at = 0; at < width * height; at += 1) {
    lines[at + Math.floor(at / width) + 1] = places.get(pixels.readUIntBE(at * bytes, 3));
  }
  const header = Buffer.from(png.subarray(16, 29));
  header[9] = 3; // Indexed colour.
  const shades = Buffer.from(palette.flatMap((it) => [it >> 16, (it >> 8) & 255, it & 255]));
  return Buffer.concat([
    SIGNATURE, chunk("IHDR", header), chunk("PLTE", shades),
    chunk("IDAT", deflateSync(lines, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}

// The bytes of the pixels, line by line, without the filters (§9.2).
function pixelsOf(png, line, bytes) {
  const raw = inflateSync(Buffer.concat([...dataOf(png)]));
  const pixels = Buffer.alloc((raw.length / (line + 1)) * line);
  for (let y = 0, to = 0; to < pixels.length; y += 1) {
    const from = y * (line + 1);
    for (let x = 0; x < line; x += 1, to += 1) {
      const left = x < bytes ? 0 : pixels[to - bytes];
      const up = y === 0 ? 0 : pixels[to - line];
      const corner = x < bytes || y === 0 ? 0 : pixels[to - line - bytes];
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][raw[from]];
      pixels[to] = raw[from + 1 + x] + predicted;
    }
  }
  return pixels;
}

function paeth(left, up, corner) {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function* dataOf(png) {
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") yield png.subarray(at + 8, at + 8 + length);
    at += length + 12;
  }
}

// The place of the colour that is most like this one.
function nearest(palette, colour) {
  const apart = (one, other, shift) => (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2;
  let [best, least] = [0, Infinity];
  palette.forEach((other, place) => {
    const far = apart(colour, other, 16) + apart(colour, other, 8) + apart(colour, other, 0);
    if (far < least) [best, least] = [place, far];
  });
  return best;
}

function chunk(type, data) {
  const all = Buffer.alloc(data.length + 12);
  all.writeUInt32BE(data.length, 0);
  all.write(type, 4, "latin1");
  data.copy(all, 8);
  all.writeUInt32BE(crc(all.subarray(4, data.length + 8)), data.length + 8);
  return all;
}

// The checksum of a chunk (§5.5), a bit at a time.
function crc(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}
