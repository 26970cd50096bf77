// The mark's whole road: a file beside the program, the worker's artifact, the pixels of a rendition.
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { MARK, markPng } from "../support/a-mark.ts";
import { startPipeline } from "../support/a-pipeline.ts";
import { aProject } from "../support/a-project.ts";
import { distance } from "../support/look-at.ts";
import { expectWholeSet } from "../support/whole-set.ts";

describe("a watermark beside the program", () => {
  it("is over what the deployed worker makes", async () => {
    const watermark = { image: "logo.png", opacity: 1, gravity: "northwest", margin: 0 };
    const project = aProject({ variants: [{ name: "marked", width: 60, formats: ["png"], watermark }] });
    project.write("logo.png", await markPng({ width: 20, height: 20 }));
    const pipeline = await startPipeline({ projectDirectory: project.path, stack: "test" });
    try {
      const create = { width: 80, height: 80, channels: 3, background: "#336699" } as const;
      await pipeline.put("photo.png", await sharp({ create }).png().toBuffer());
      await pipeline.drained();

      const [Key = ""] = await expectWholeSet(pipeline, "photo.png");
      const { Body } = await pipeline.s3.send(
        new GetObjectCommand({ Bucket: pipeline.destinationBucket, Key }),
      );
      const pixels = await sharp(await Body?.transformToByteArray())
        .raw()
        .toBuffer();
      expect(distance([...pixels.subarray(0, 3)], MARK)).to.equal(0);
      expect(distance([...pixels.subarray(-3)], [0x33, 0x66, 0x99])).to.equal(0);
    } finally {
      await pipeline.stop();
      project.remove();
    }
  }).timeout(60_000);
});
