import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Failure } from "../../../worker/failure.ts";
import { inspect } from "../../../worker/inspect/inspect.ts";
import type { RenderRequest } from "../../../worker/isolation/protocol.ts";
import { rendererEntry } from "../../../worker/isolation/renderer-entry.ts";
import { type Allowance, createRenderers, type Renderers } from "../../../worker/isolation/renderers.ts";
import { residentBytes } from "../../../worker/isolation/resident-memory.ts";
import { render } from "../../../worker/render/render.ts";
import { anImage, markedRenderer } from "../../support/marked-image.ts";
import { rejection } from "../../support/rejection.ts";
import { aRecipe } from "../../support/small-world.ts";
import { until } from "../../support/until.ts";

const { variants, limits } = aRecipe({ variants: [{ name: "small", width: 32, formats: ["webp"] }] });
const MEGABYTE = 1_000_000;

describe("createRenderers", () => {
  let renderers: Renderers;
  /** The memory that this process itself takes, with all tests in it, comes on top. */
  const start = (freeBytes = 1000 * MEGABYTE, entry = markedRenderer) => {
    renderers = createRenderers({ entry, limitBytes: residentBytes(process.pid) + freeBytes });
  };
  beforeEach(() => start());
  afterEach(() => renderers.close());

  const allowed = (part: Partial<Allowance> = {}): Allowance => ({
    milliseconds: 20_000,
    isWhole: true,
    bytes: 100 * MEGABYTE,
    anew: false,
    signal: new AbortController().signal,
    ...part,
  });
  async function request(mark?: string): Promise<RenderRequest> {
    const source = await anImage(mark);
    return { source, header: inspect(source, limits), variants };
  }
  async function failure(promise: Promise<unknown>): Promise<Failure> {
    const error = await rejection(promise);
    expect(error).to.be.instanceOf(Failure);
    return error as Failure;
  }
  const failureOf = async (mark: string, part: Partial<Allowance> = {}) =>
    failure(renderers.render(await request(mark), allowed(part)));
  const pid = async (part: Partial<Allowance> = {}) => Number((await failureOf("pid", part)).message);
  async function pidsAtOnce(images: number): Promise<number[]> {
    const asked = await request("pid");
    const answers = Array.from({ length: images }, () => failure(renderers.render(asked, allowed())));
    return (await Promise.all(answers)).map(({ message }) => Number(message));
  }
  async function expectToWork(): Promise<void> {
    const { images } = await renderers.render(await request(), allowed());
    expect(images.map(({ variant }) => variant)).to.deep.equal(["small"]);
  }

  it("makes the same bytes as in process", async () => {
    start(1000 * MEGABYTE, rendererEntry);
    const { source, header } = await request();

    const isolated = await renderers.render({ source, header, variants }, allowed());

    const here = await render(source, header, variants);
    expect(isolated.placeholder).to.equal(here.placeholder);
    expect(isolated.images.map(({ body }) => Buffer.from(body))).to.deep.equal(
      here.images.map(({ body }) => Buffer.from(body)),
    );
  });

  it("takes the same renderer for one image after the other, and more for several at once", async () => {
    expect(await pid()).to.equal(await pid());

    expect(new Set(await pidsAtOnce(3)).size).to.equal(3);
  });

  it("takes a new one where no other image may have been", async () => {
    expect(await pid()).to.not.equal(await pid({ anew: true }));
  });

  it("passes on what the renderer says of an image, and goes on with it", async () => {
    const { code, message } = await failureOf("be-out-of-memory");

    expect({ code, message }).to.deep.equal({
      code: "MEMORY_BUDGET",
      message: "Input buffer has corrupt header: out of memory",
    });
    await expectToWork();
  });

  it("has no credentials", async () => {
    const environment = JSON.parse((await failureOf("environment")).message);

    const ofSharp = "VIPSHOME";
    expect(Object.keys(environment)).to.have.members(["MALLOC_ARENA_MAX", "VIPS_BLOCK_UNTRUSTED", ofSharp]);
  });

  it("survives an image that crashes its renderer", async () => {
    const failure = await failureOf("crash");

    expect(failure.code).to.equal("RENDER_CRASHED");
    expect(failure.message).to.equal("The renderer ended with SIGSEGV.");
    await expectToWork();
  });

  it("kills an image that hangs", async () => {
    expect((await failureOf("hang", { milliseconds: 300 })).code).to.equal("RENDER_TIMEOUT");
    await expectToWork();
  });

  it("does not blame an image that had less time than others", async () => {
    expect((await failureOf("hang", { milliseconds: 300, isWhole: false })).code).to.equal("OUT_OF_TIME");
    expect((await failureOf("pid", { milliseconds: -1, isWhole: false })).code).to.equal("OUT_OF_TIME");
  });

  it("does not blame an image for a standstill of the worker", async () => {
    const renderer = await pid();
    const rendered = renderers.render(await request("wait"), allowed({ milliseconds: 1000 }));
    await turn();

    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
    await turn();
    process.kill(renderer, "SIGUSR2");

    expect((await rendered).images).to.have.length(1);
  });

  it("kills what nobody waits for any more", async () => {
    const renderer = await pid();
    const controller = new AbortController();
    const { signal } = controller;
    const hanging = renderers.render(await request("hang"), allowed({ signal }));

    controller.abort(new Failure("OUT_OF_TIME", "over"));

    expect((await failure(hanging)).message).to.equal("over");
    expect(isRunning(renderer)).to.equal(false);
    expect((await failureOf("pid", { signal })).message).to.equal("over");
  });

  it("blames no image when no renderer starts", async () => {
    start(1000 * MEGABYTE, fileURLToPath(new URL("./fixtures/ends-at-once.ts", import.meta.url)));

    const { code, disposition } = await failureOf("pid");

    expect({ code, disposition }).to.deep.equal({ code: "UNKNOWN", disposition: "retry" });
  });

  it("works again after it was frozen and thawed", async () => {
    const renderer = await pid();
    process.kill(renderer, "SIGSTOP");
    const waiting = pid();
    process.kill(renderer, "SIGCONT");

    expect(await waiting).to.equal(renderer);
  });

  it("replaces a renderer that died in its sleep", async () => {
    const renderer = await pid();
    process.kill(renderer, "SIGKILL");
    await until("the renderer is gone", () => !isRunning(renderer));

    expect(await pid()).to.not.equal(renderer);
  });

  it("takes a kill of the kernel's for want of memory", async () => {
    const renderer = await pid();
    const hanging = renderers.render(await request("hang"), allowed());

    process.kill(renderer, "SIGKILL");

    expect((await failure(hanging)).code).to.equal("MEMORY_BUDGET");
  });

  it("lets nobody who is idle outlive the worker", async () => {
    const worker = spawn(
      process.execPath,
      [fileURLToPath(new URL("./fixtures/worker.ts", import.meta.url))],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const [line] = await once(worker.stdout, "data");
    const renderer = Number(String(line));
    expect(isRunning(renderer)).to.equal(true);

    worker.kill("SIGKILL");

    await until("the renderer is gone", () => !isRunning(renderer));
  });

  describe("when memory runs short", () => {
    before(function () {
      if (!existsSync("/proc/self/status")) this.skip(); // nothing to measure by
    });

    it("kills an image that eats it", async () => {
      start(400 * MEGABYTE);

      expect((await failureOf("eat-memory")).code).to.equal("MEMORY_BUDGET");
      await expectToWork();
    });

    it("gives up what is idle first, then what has outgrown its estimate, never a neighbour", async () => {
      start(700 * MEGABYTE);
      const three = await pidsAtOnce(3);
      const neighbour = renderers.render(await request("hold-memory"), allowed({ bytes: 300 * MEGABYTE }));

      expect((await failureOf("eat-memory", { bytes: 200 * MEGABYTE })).code).to.equal("MEMORY_BUDGET");

      const left = three.filter(isRunning);
      expect(left).to.have.length(1);
      for (const renderer of left) process.kill(renderer, "SIGUSR2");
      expect((await neighbour).images).to.have.length(1);
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
