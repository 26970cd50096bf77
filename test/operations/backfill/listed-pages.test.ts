import { type ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { listedPages } from "../../../operations/backfill/listed-pages.ts";
import { startTarget, type TestTarget } from "../../support/a-target.ts";
import { rejection } from "../../support/rejection.ts";

describe("listedPages", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
  });
  afterEach(() => target.stop());

  const put = (Key: string) => target.s3.send(new PutObjectCommand({ Bucket: "source", Key, Body: Key }));
  const keysOf = async (prefix: string, client = target.s3, pageSize = 4) => {
    const keys: string[] = [];
    for await (const page of listedPages({ client, bucket: "source", prefix, pageSize }))
      keys.push(...page.map(({ Key = "" }) => Key));
    return keys;
  };
  /** Whatever it is asked, told to `tell` first. */
  const overheard = (tell: (input: ListObjectsV2Command["input"]) => unknown) =>
    Object.assign(Object.create(target.s3), {
      async send(command: ListObjectsV2Command) {
        await tell(command.input);
        return await target.s3.send(command);
      },
    });

  const trees: [what: string, keys: string[], prefix: string][] = [
    ["nothing", [], ""],
    ["one level", ["a", "b", "c"], ""],
    ["more than a page of one level", ["a", "b", "c", "d", "e"], ""],
    [
      "folders and files beside each other",
      ["a/1", "a/2", "a/3", "a/4", "a/5", "a-", "b/c/1", "b/c/2", "c"],
      "",
    ],
    [
      "folders below folders that stand alone",
      ["photos/2026/05/1", "photos/2026/06/1", "photos/2026/06/2"],
      "",
    ],
    [
      "a prefix in the midst of a name",
      ["photos/2025/1", "photos/2026/1", "photos/2026/2", "pho"],
      "photos/20",
    ],
  ];
  for (const [what, keys, prefix] of trees) {
    it(`lists each key once: ${what}`, async () => {
      for (const key of keys) await put(key);

      const expected = keys.filter((key) => key.startsWith(prefix));
      expect(await keysOf(prefix))
        .to.have.members(expected)
        .and.to.have.length(expected.length);
    });
  }

  it("asks for eight folders at a time, and for the ninth when one of them is done", async () => {
    for (let index = 0; index < 12; index += 1) await put(`${index}/key`);
    let [under, most] = [0, 0];
    const client = overheard(async ({ Delimiter }) => {
      if (Delimiter) return;
      under += 1;
      most = Math.max(most, under);
      await new Promise(setImmediate);
      under -= 1;
    });

    expect(await keysOf("", client, 100)).to.have.length(12);
    expect(most).to.equal(8);
  });

  it("reads through what has more folders than a page names", async () => {
    for (let index = 0; index < 5; index += 1) await put(`${index}/key`);
    let listings = 0;
    const client = overheard(() => {
      listings += 1;
    });

    expect(await keysOf("", client)).to.have.length(5);
    expect(listings).to.equal(3);
  });

  it("fails when one of the folders cannot be listed", async () => {
    for (const key of ["a/1", "b/1", "c/1"]) await put(key);
    const client = overheard(({ Prefix }) => {
      if (Prefix === "b/") throw new Error("no");
    });

    expect((await rejection(keysOf("", client))).message).to.equal("no");
  });
});
