import { expect } from "chai";
import { createPlaces } from "../../../../local/lambda/environments/places.ts";
import { rejection } from "../../../support/rejection.ts";

const never = new AbortController().signal;

describe("places", () => {
  it("are given in the order of asking, and never more than there are", async () => {
    const places = createPlaces(1);
    const entered: string[] = [];
    const leave = await places.take(never);
    const second = places.take(never).then((leaveSecond) => {
      entered.push("second");
      leaveSecond();
    });
    const third = places.take(never).then(() => entered.push("third"));
    await Promise.resolve();
    expect(entered).to.deep.equal([]);
    leave();
    await Promise.all([second, third]);
    expect(entered).to.deep.equal(["second", "third"]);
  });

  it("are wanted while somebody waits", async () => {
    const places = createPlaces(1);
    const leave = await places.take(never);
    const before = places.wanted();
    expect(before.aborted).to.equal(false);
    const waiting = places.take(never);
    expect(before.aborted).to.equal(true);
    leave();
    await waiting;
    expect(places.wanted().aborted).to.equal(false);
  });

  it("are not kept for who gave up waiting", async () => {
    const places = createPlaces(1);
    const leave = await places.take(never);
    const impatient = new AbortController();
    const waiting = rejection(places.take(impatient.signal));
    impatient.abort(new Error("gave up"));
    expect((await waiting).message).to.equal("gave up");
    expect(places.wanted().aborted).to.equal(false);
    leave();
    await places.take(never);
  });

  it("are refused to who has given up before", async () => {
    const reason = new Error("gave up");
    expect(await rejection(createPlaces(1).take(AbortSignal.abort(reason)))).to.equal(reason);
  });
});
