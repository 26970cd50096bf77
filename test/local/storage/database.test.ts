import { statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { addColumn, type Database, openDatabase } from "../../../local/storage/database.ts";
import { rejection } from "../../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../../support/temporary-folder.ts";

describe("openDatabase", () => {
  let folder: TemporaryFolder;
  let database: Database;

  beforeEach(() => {
    folder = temporaryFolder();
    database = openDatabase(join(folder.path, "state.db"));
    database.sql("CREATE TABLE entry (id INTEGER PRIMARY KEY) STRICT").run();
  });

  afterEach(() => {
    database.close();
    folder.remove();
  });

  const add = (id: number) => database.write(() => database.sql("INSERT INTO entry VALUES (?)").run(id));
  const ids = (from = database) =>
    from
      .sql("SELECT id FROM entry ORDER BY id")
      .all()
      .map((row) => row.id);

  it("adds a column to a table that was made without it, once", async () => {
    await add(1);
    for (const _ of [1, 2]) addColumn(database, "entry", "colour TEXT");
    expect({ ...database.sql("SELECT * FROM entry").get() }).to.deep.equal({ id: 1, colour: null });
  });

  it("commits everything that is written in one turn together", async () => {
    const reader = openDatabase(join(folder.path, "state.db"));
    const seen: unknown[] = [];
    await Promise.all([1, 2, 3].map((id) => add(id).then(() => seen.push(ids(reader)))));

    expect(seen).to.deep.equal([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    reader.close();
  });

  it("answers only after the commit: another connection then sees the write", async () => {
    const reader = openDatabase(join(folder.path, "state.db"));
    const written = add(1);
    expect(ids(reader)).to.deep.equal([]);
    await written;

    expect(ids(reader)).to.deep.equal([1]);
    reader.close();
  });

  it("takes back only the one that fails, and all of it", async () => {
    const failing = database.write(() => {
      database.sql("INSERT INTO entry VALUES (7)").run();
      throw new Error("refused");
    });
    const [, error] = await Promise.all([add(1), rejection(failing), add(2)]);

    expect(error.message).to.equal("refused");
    expect(ids()).to.deep.equal([1, 2]);
  });

  it("hands on what the work returns", async () => {
    expect(await database.write(() => "result")).to.equal("result");
  });

  it("commits what is queued when it is closed, and refuses what comes later", async () => {
    const queued = add(1);
    database.close();
    await queued;
    await rejection(add(2));
    database = openDatabase(join(folder.path, "state.db"));

    expect(ids()).to.deep.equal([1]);
  });

  it("waits for the disk with every commit, and only when asked to", () => {
    const synchronous = (from: Database) => from.sql("PRAGMA synchronous").get()?.synchronous;
    const safe = openDatabase(join(folder.path, "safe.db"), { fsync: true });

    expect(synchronous(database), "NORMAL").to.equal(1);
    expect(synchronous(safe), "FULL").to.equal(2);
    safe.close();
  });

  it("keeps its log short, and gives back at the next start what many deleted rows took", async () => {
    database.sql("CREATE TABLE text (of TEXT) STRICT").run();
    const file = join(folder.path, "state.db");
    const size = (path: string) => statSync(path).size / 1024 / 1024;
    for (let batch = 0; batch < 50; batch += 1) {
      const rows = Array.from({ length: 20 }, () =>
        database.write(() => database.sql("INSERT INTO text VALUES (?)").run("x".repeat(50_000))),
      );
      await Promise.all(rows);
    }
    await database.write(() => database.sql("DELETE FROM text").run());
    await add(1);

    expect(size(`${file}-wal`), "MiB of log").to.be.lessThan(20);
    database.close();
    expect(size(file), "MiB before").to.be.greaterThan(40);
    database = openDatabase(file);
    expect(ids()).to.deep.equal([1]);
    database.close();
    expect(size(file), "MiB after").to.be.lessThan(1);
    database = openDatabase(file);
  });

  it("rejects every write of a commit that fails", async () => {
    database.sql("PRAGMA defer_foreign_keys = ON").run();
    database
      .sql("CREATE TABLE child (parent INTEGER REFERENCES entry(id) DEFERRABLE INITIALLY DEFERRED) STRICT")
      .run();
    const orphan = database.write(() => database.sql("INSERT INTO child VALUES (99)").run());
    const errors = await Promise.all([rejection(add(1)), rejection(orphan)]);

    expect(errors.map(({ message }) => message)).to.deep.equal([
      "FOREIGN KEY constraint failed",
      "FOREIGN KEY constraint failed",
    ]);
    expect(ids()).to.deep.equal([]);
    await add(3);
    expect(ids()).to.deep.equal([3]);
  });
});
