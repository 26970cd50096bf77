// AVIF, formats that are not ours, what is no image at all, files with two natures, and every good file cut short.
import { deflateSync, gzipSync } from "node:zlib";
import sharp from "sharp";
import * as avif from "../../support/image-files/avif.ts";
import { big16, big32, latin1, little16, little32 } from "../../support/image-files/numbers.ts";
import { chunk, PNG_SIGNATURE, patternPng } from "../../support/image-files/png.ts";
import { flatFrames, quarters } from "../../support/pictures.ts";
import { seeded } from "../../support/seeded.ts";
import { type Case, group } from "./case.ts";

const picture = () => quarters(64, 48);

export async function avifCases(): Promise<Case[]> {
  const file = group("AVIF");
  const lies = group("bomb: lying header");
  const plain = await picture().avif({ chromaSubsampling: "4:2:0" }).toBuffer();
  const { codec, data } = avif.partsOf(plain);
  const made = (...properties: Buffer[]) => avif.avifOf({ properties: [...properties, codec], data });
  const size = avif.sizeProperty(64, 48);
  const turned = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map(async (orientation) =>
      file(
        `orientation ${orientation}`,
        await picture().withMetadata({ orientation }).avif().toBuffer(),
        "rendition",
      ),
    ),
  );
  return [
    file("4:2:0", plain, "rendition"),
    file("4:4:4", await picture().avif({ chromaSubsampling: "4:4:4" }).toBuffer(), "rendition"),
    file("10 bits", await picture().toColourspace("rgb16").avif({ bitdepth: 10 }).toBuffer(), "rendition"),
    file("12 bits", await picture().toColourspace("rgb16").avif({ bitdepth: 12 }).toBuffer(), "rendition"),
    file("with alpha", await picture().ensureAlpha(0.5).avif().toBuffer(), "rendition"),
    file("lossless", await picture().avif({ lossless: true }).toBuffer(), "rendition"),
    ...turned,
    file("by hand", made(size), "rendition"),
    file(
      "brand of HEIF in general",
      avif.avifOf({ properties: [size, codec], data, brand: "mif1" }),
      "rendition",
    ),
    file("cropped", made(size, avif.cropProperty(20, 10)), "rendition"),
    file("cropped to nothing", made(size, avif.cropProperty(0, 0)), "rendition", "CORRUPT"),
    file(
      "cropped beyond itself",
      made(size, avif.cropProperty(4000, 4000)),
      "rendition",
      "CORRUPT",
      "TOO_MANY_PIXELS",
    ),
    file("turned twice", made(size, avif.turnProperty(1), avif.turnProperty(1)), "rendition", "CORRUPT"),
    file("no size", made(avif.turnProperty(1)), "CORRUPT"),
    file("size of nothing", made(avif.sizeProperty(0, 0)), "CORRUPT"),
    file("no codec", avif.avifOf({ properties: [size], data }), "CORRUPT"),
    file("random picture", avif.avifOf({ properties: [size, codec], data: seeded(6).bytes(500) }), "CORRUPT"),
    file(
      "no picture",
      avif.avifOf({ properties: [size, codec], data: Buffer.alloc(0) }),
      "CORRUPT",
      "TRUNCATED",
    ),
    file("no meta box", avif.box("ftyp", latin1("avif\0\0\0\0avif")), "TRUNCATED"),
    file(
      "empty meta box",
      Buffer.concat([avif.box("ftyp", latin1("avif\0\0\0\0avif")), avif.fullBox("meta", 0, 0)]),
      "CORRUPT",
    ),
    file(
      "box of 2⁶³ bytes",
      Buffer.concat([
        avif.box("ftyp", latin1("avif\0\0\0\0avif")),
        big32(1),
        latin1("free"),
        big32(0x7fffffff),
        big32(0xffffffff),
      ]),
      "TRUNCATED",
    ),
    lies("AVIF 65535²", made(avif.sizeProperty(65_535, 65_535)), "TOO_MANY_PIXELS"),
    lies("AVIF 2³²-1 square", made(avif.sizeProperty(0xffffffff, 0xffffffff)), "TOO_MANY_PIXELS"),
    lies("AVIF 7000²", made(avif.sizeProperty(7000, 7000)), "CORRUPT"),
    lies("AVIF of 4 × 4 that holds 64 × 48", made(avif.sizeProperty(4, 4)), "CORRUPT", "rendition"),
  ];
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">';

export async function foreignCases(): Promise<Case[]> {
  const file = group("not ours");
  const svg = group("SVG");
  const entities = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
    "",
  );
  const png = patternPng({ width: 16, height: 16, colourType: 6 });
  const svgs: Record<string, string> = {
    plain: `${SVG}<rect width="50" height="50" fill="red"/></svg>`,
    script: `${SVG}<script>alert(1)</script></svg>`,
    "local file": `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${SVG}<text>&x;</text></svg>`,
    "remote image": `${SVG}<image href="http://127.0.0.1:9/x.png" width="9" height="9"/></svg>`,
    "billion laughs": `<!DOCTYPE svg [<!ENTITY l0 "lol">${entities}]>${SVG}<text>&l9;</text></svg>`,
    "100000 groups": `${SVG}${"<g>".repeat(100_000)}</svg>`,
    "16 gigapixels": '<svg xmlns="http://www.w3.org/2000/svg" width="130000" height="130000"/>',
    "8 MB of path": `${SVG}<path d="${"M0 0L99 99".repeat(800_000)}"/></svg>`,
    malformed: "<svg xmlns='http://www.w3.org/2000/svg'><rect",
  };
  return [
    ...Object.entries(svgs).map(([name, text]) => svg(name, Buffer.from(text), "UNSUPPORTED_FORMAT_SVG")),
    svg("gzipped", gzipSync(svgs.plain ?? ""), "UNSUPPORTED_FORMAT"),
    svg("UTF-16", Buffer.from(`\ufeff${svgs.plain}`, "utf16le"), "UNSUPPORTED_FORMAT"),
    svg(
      "behind 5 KB of comment",
      Buffer.from(`<!-- ${"x".repeat(5000)} -->${svgs.plain}`),
      "UNSUPPORTED_FORMAT",
    ),
    file("TIFF", await picture().tiff().toBuffer(), "UNSUPPORTED_FORMAT_TIFF"),
    file("TIFF, big-endian, empty", latin1("MM\0*\0\0\0\x08\0\0\0\0\0\0"), "UNSUPPORTED_FORMAT_TIFF"),
    file("BigTIFF", latin1("II+\0\x08\0\0\0"), "UNSUPPORTED_FORMAT_TIFF"),
    file("JPEG XL, bare", latin1("\xff\x0a\xfa\x7f"), "UNSUPPORTED_FORMAT_JXL"),
    file("JPEG XL, boxed", latin1("\0\0\0\x0cJXL \r\n\x87\n"), "UNSUPPORTED_FORMAT_JXL"),
    file("JPEG 2000", latin1("\0\0\0\x0cjP  \r\n\x87\n"), "UNSUPPORTED_FORMAT_JP2"),
    file(
      "HEIC of a phone",
      latin1("\0\0\0\x24ftypheic\0\0\0\0mif1MiHEmiafMiHBheic"),
      "UNSUPPORTED_FORMAT_HEIC",
    ),
    file(
      "HEIF of another codec",
      Buffer.concat([avif.box("ftyp", latin1("mif1\0\0\0\0mif1")), avif.fullBox("meta", 0, 0)]),
      "UNSUPPORTED_FORMAT_HEIC",
    ),
    file("MP4", latin1("\0\0\0\x18ftypisom\0\0\x02\0isomiso2"), "UNSUPPORTED_FORMAT"),
    file("BMP", Buffer.concat([latin1("BM"), little32(102), Buffer.alloc(96, 99)]), "UNSUPPORTED_FORMAT"),
    file(
      "ICO",
      Buffer.concat([
        Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0]),
        little16(1),
        little16(32),
        little32(png.length),
        little32(22),
        png,
      ]),
      "UNSUPPORTED_FORMAT",
    ),
    file("PSD", Buffer.concat([latin1("8BPS"), big16(1), Buffer.alloc(60)]), "UNSUPPORTED_FORMAT_PSD"),
    file("PDF", latin1("%PDF-1.4\n%%EOF"), "UNSUPPORTED_FORMAT_PDF"),
    file("PostScript", latin1("%!PS-Adobe-3.0\n(/etc/passwd)(r) file"), "UNSUPPORTED_FORMAT"),
    file("PPM of 4 gigapixels", latin1("P6 65536 65536 255\n"), "UNSUPPORTED_FORMAT"),
    file("Radiance", latin1("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 2 +X 2\n"), "UNSUPPORTED_FORMAT"),
    file("FITS", latin1("SIMPLE  =                    T"), "UNSUPPORTED_FORMAT"),
    file("libvips' own", Buffer.from("b6a6f20800000000", "hex"), "UNSUPPORTED_FORMAT"),
    file("CSV", latin1("1,2,3\n4,5,6\n"), "UNSUPPORTED_FORMAT"),
    file("HTML", latin1("<!doctype html><script>alert(1)</script>"), "UNSUPPORTED_FORMAT"),
    file(
      "ImageTragick",
      latin1("push graphic-context\nfill 'url(https://127.0.0.1/\"|id; \")'\n"),
      "UNSUPPORTED_FORMAT",
    ),
    file(
      "MSL",
      latin1('<?xml version="1.0"?><image><read filename="/etc/passwd"/></image>'),
      "UNSUPPORTED_FORMAT",
    ),
    file("ZIP", latin1("PK\x03\x04\x14\0"), "UNSUPPORTED_FORMAT"),
    file("ELF", latin1("\x7fELF\x02\x01"), "UNSUPPORTED_FORMAT"),
    file("WAVE", latin1("RIFF\x24\0\0\0WAVEfmt "), "UNSUPPORTED_FORMAT"),
    file("text", latin1("hello world"), "UNSUPPORTED_FORMAT"),
    file("text with a mark", Buffer.from("\ufeffnot an image"), "UNSUPPORTED_FORMAT"),
    file("4 KB of noise", seeded(7).bytes(4096), "UNSUPPORTED_FORMAT"),
    file("a megabyte of zeros", Buffer.alloc(1_000_000), "UNSUPPORTED_FORMAT"),
    file("nothing", Buffer.alloc(0), "EMPTY"),
    ...Array.from({ length: 8 }, (_, length) =>
      file(
        `${length + 1} bytes of PNG`,
        PNG_SIGNATURE.subarray(0, length + 1),
        length === 7 ? "TRUNCATED" : "UNSUPPORTED_FORMAT",
      ),
    ),
    file("GIF's magic alone", latin1("GIF89a"), "TRUNCATED"),
    file("WebP's magic alone", latin1("RIFF\0\0\0\0WEBP"), "CORRUPT"),
  ];
}

/** What a web server or an unzipper would see in them is told to nobody: renditions are encoded anew. */
export async function polyglotCases(): Promise<Case[]> {
  const file = group("two natures");
  const script = latin1("<script>alert(1)</script><?php system($_GET[0]); ?>");
  const formats = ["jpeg", "png", "webp", "gif", "avif"] as const;
  const files = await Promise.all(
    formats.flatMap((format) =>
      [script, latin1("PK\x03\x04 a whole archive"), Buffer.from("\n%PDF-1.4\n")].map(async (tail, index) => {
        const bytes = Buffer.concat([await picture().toFormat(format).toBuffer(), tail]);
        return file(`${format} with tail ${index}`, bytes, "rendition");
      }),
    ),
  );
  const commented = patternPng(
    { width: 32, height: 32 },
    chunk("tEXt", Buffer.concat([latin1("Comment\0"), script])),
  );
  const zipped = patternPng(
    { width: 32, height: 32 },
    chunk("zTXt", Buffer.concat([latin1("Comment\0\0"), deflateSync(script)])),
  );
  return [
    ...files,
    file("PNG with script in a text", commented, "rendition"),
    file("PNG with script zipped", zipped, "rendition"),
  ];
}

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99];
const LENGTHS = [1, 2, 3, 4, 8, 12, 16, 24, 32, 64, 100];

export async function truncatedCases(): Promise<Case[]> {
  const whole: Record<string, Buffer> = {
    JPEG: await picture().jpeg().toBuffer(),
    "progressive JPEG": await picture().jpeg({ progressive: true }).toBuffer(),
    PNG: patternPng({ width: 64, height: 48, colourType: 6 }),
    "lossy WebP": await picture().webp().toBuffer(),
    "lossless WebP": await picture().webp({ lossless: true }).toBuffer(),
    "moving WebP": await flatFrames(40, 30, 5).webp().toBuffer(),
    GIF: await flatFrames(40, 30, 5).gif().toBuffer(),
    AVIF: await picture().avif().toBuffer(),
  };
  return Object.entries(whole).flatMap(([name, bytes]) => cuts(name, bytes));
}

function cuts(name: string, bytes: Buffer): Case[] {
  const file = group("cut short");
  const lengths = new Set([
    ...LENGTHS.filter((length) => length < bytes.length),
    ...SHARES.map((share) => Math.floor(bytes.length * share)),
    bytes.length - 2,
  ]);
  return [...lengths].map((length) =>
    file(
      `${name}, ${length} of ${bytes.length} bytes`,
      bytes.subarray(0, length),
      "TRUNCATED",
      "CORRUPT",
      "UNSUPPORTED_FORMAT",
    ),
  );
}

export async function seedFiles(): Promise<Buffer[]> {
  const options = { quality: 70 };
  return Promise.all([
    picture().jpeg(options).toBuffer(),
    picture().withMetadata({ orientation: 6 }).jpeg({ progressive: true }).toBuffer(),
    picture().toColourspace("cmyk").jpeg().toBuffer(),
    picture().png().toBuffer(),
    picture().png({ palette: true }).toBuffer(),
    picture().png({ progressive: true }).toBuffer(),
    picture().toColourspace("rgb16").png().toBuffer(),
    picture().webp(options).toBuffer(),
    picture().webp({ lossless: true }).toBuffer(),
    picture().ensureAlpha(0.5).webp().toBuffer(),
    flatFrames(40, 30, 5).webp().toBuffer(),
    flatFrames(40, 30, 5).gif().toBuffer(),
    picture().gif().toBuffer(),
    picture().avif({ effort: 1 }).toBuffer(),
    sharp(await picture().png().toBuffer())
      .ensureAlpha(0.5)
      .avif({ effort: 1 })
      .toBuffer(),
  ]);
}
