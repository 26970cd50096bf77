// sharp, for images that anybody may have uploaded. Imported for its effect, before the first image is opened.
import sharp from "sharp";

// One thread an image: images are what runs side by side. And AVIF's bytes depend on the number of threads (measured:
// 1,942, 1,976 and 2,022 bytes at 1, 2 and 4), so this is what makes bytes repeatable.
sharp.concurrency(1);
// The same image never comes twice in a row; a cache would only hold memory.
sharp.cache(false);

// libvips can read some forty formats, not all of them meant for untrusted input. Only these, and only from memory: by path
// it would also open its own `.v` files.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadNsgifBuffer",
    "VipsForeignLoadHeifBuffer",
  ],
});
