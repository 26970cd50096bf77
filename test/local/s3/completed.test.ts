// How long the answer to a completed upload is kept: the contract suite has no day to wait.
import { expect } from "chai";
import { completedAnswer, noteCompleted } from "../../../local/s3/completed.ts";
import { createTables } from "../../../local/s3/tables.ts";
import { type Database, openDatabase } from "../../../local/storage/database.ts";

const HOUR_MS = 3_600_000;

describe("what a completed upload answered", () => {
  let database: Database;

  before(() => {
    database = openDatabase(":memory:");
    createTables(database);
    database.sql("PRAGMA foreign_keys = OFF").run();
  });
  after(() => database.close());

  it("is kept for a day, and gone with the next one that is completed after it", () => {
    const upload = (UploadId: string) => ({
      ...{ Bucket: "photos", Key: "cat.jpg", UploadId },
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: '"0123"' }] },
    });
    const answer = { ETag: '"0123-1"' };
    noteCompleted(database, upload("first"), answer, 0);
    noteCompleted(database, upload("second"), answer, 24 * HOUR_MS);
    expect(completedAnswer(database, upload("first"))).to.deep.equal(answer);

    noteCompleted(database, upload("third"), answer, 25 * HOUR_MS);

    expect(completedAnswer(database, upload("first"))).to.equal(undefined);
    expect(completedAnswer(database, upload("second"))).to.deep.equal(answer);
  });
});
