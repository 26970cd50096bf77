// The model of `darkroom estimate` against local mode with AWS's scaling rates, in accelerated time: a queue that is full,
// a function that sleeps as long as its images would take, and how long until the queue is empty. The model gets what Lambda
// reports as the duration of a batch, as an operator has it from the log: on a busy machine it is longer than the sleep. Of some
// rounds the shortest counts: whatever else runs here can only lengthen one. Ends with 1 when the model is further off than
// it may be. `npm run estimate:check -- --time-scale 10 --rounds 1`
import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { drainSeconds, type Mode, provisionedMode, standardMode } from "../operations/estimate/estimate.ts";
import { readWords } from "../scripts/command.ts";
import { aMapping, setScene } from "../test/local/lambda/a-mapping.ts";
import { until } from "../test/support/until.ts";

interface Point {
  images: number;
  imagesPerBatch: number;
  secondsPerImage: number;
  maximumConcurrency?: number;
  pollers?: { minimum: number; maximum: number };
}

/**
 * As many processes as two cores can feed. Each takes some rounds: what this machine takes to hand a batch to a process, some
 * milliseconds, is the error, and times the scale it would be all of a drain that is over at once.
 */
const POINTS: Point[] = [
  { images: 100, imagesPerBatch: 10, secondsPerImage: 0.5, maximumConcurrency: 60 },
  { images: 500, imagesPerBatch: 10, secondsPerImage: 0.5, maximumConcurrency: 60 },
  { images: 3000, imagesPerBatch: 10, secondsPerImage: 0.5, maximumConcurrency: 60 },
  { images: 1000, imagesPerBatch: 10, secondsPerImage: 0.5, maximumConcurrency: 20 },
  { images: 1000, imagesPerBatch: 10, secondsPerImage: 3, maximumConcurrency: 60 },
  { images: 500, imagesPerBatch: 1, secondsPerImage: 4, maximumConcurrency: 60 },
  { images: 1000, imagesPerBatch: 10, secondsPerImage: 0.5, pollers: { minimum: 2, maximum: 6 } },
  { images: 3000, imagesPerBatch: 10, secondsPerImage: 0.5, pollers: { minimum: 2, maximum: 6 } },
  { images: 2000, imagesPerBatch: 10, secondsPerImage: 1, pollers: { minimum: 4, maximum: 6 } },
];

/** No account to share: the modes' own limits hold. */
const ACCOUNT = Number.POSITIVE_INFINITY;
const ALLOWED_ERROR = 0.15;

const { values } = readWords({
  options: {
    "time-scale": { type: "string", default: "4", least: 1 },
    rounds: { type: "string", default: "2", least: 1 },
  },
});
const rounds = Number(values.rounds);
const timeScale = Number(values["time-scale"]);
const modeOf = ({ maximumConcurrency, pollers }: Point): Mode =>
  pollers ? provisionedMode({ pollers }, ACCOUNT) : standardMode({ maximumConcurrency }, ACCOUNT);
const maximumEnvironments = Math.max(...POINTS.map((point) => modeOf(point).cap));
const scene = await setScene({
  maximumEnvironments,
  scaling: { timeScale },
  function: {
    ...{ codeDirectory: `${import.meta.dirname}/fixtures`, handler: "sleeper.handler" },
    ...{ timeoutSeconds: 60, memoryMiB: 256 },
  },
});
const arn = await scene.addQueue("work", { VisibilityTimeout: "600" });
try {
  await warm();
  const errors: number[] = [];
  console.log(`Time × ${timeScale}, the shortest of ${rounds}; measured without cold starts.\n`);
  console.log("| images | a batch | s for a batch | mode | model, s | measured, s | error |");
  console.log("|---:|---:|---:|---|---:|---:|---:|");
  for (const point of POINTS) errors.push(await compare(point));
  const worst = Math.max(...errors.map(Math.abs));
  console.log(`\nAt most ${percent(worst)} off; ${percent(ALLOWED_ERROR)} is allowed.`);
  if (!(worst <= ALLOWED_ERROR)) process.exitCode = 1;
} finally {
  await scene.stop();
}

/** Every environment has run once. */
async function warm(): Promise<void> {
  const images = 2 * maximumEnvironments;
  const limits = { pollers: { minimum: Math.ceil(maximumEnvironments / 10), maximum: 1000 } };
  await measure({ images, imagesPerBatch: 1, secondsPerImage: 10 * timeScale, ...limits });
}

async function compare(point: Point): Promise<number> {
  const { images, imagesPerBatch, secondsPerImage } = point;
  const mode = modeOf(point);
  const measurements: { measured: number; secondsPerBatch: number }[] = [];
  for (let round = 0; round < rounds; round++)
    measurements.push({ measured: await measure(point), secondsPerBatch: reportedSeconds() });
  const [shortest] = measurements.toSorted((a, b) => a.measured - b.measured);
  if (!shortest) throw new Error("Expected at least one round, but there was none.");
  const { measured, secondsPerBatch } = shortest;
  const model = drainSeconds({ images, imagesPerBatch, secondsPerBatch }, mode);
  const error = model / measured - 1;
  const name = `${point.pollers ? "provisioned" : "standard"}, ${mode.start} to ${mode.cap}`;
  const slept = imagesPerBatch * secondsPerImage;
  const batch = `${slept.toFixed(1)} (reported ${secondsPerBatch.toFixed(2)})`;
  const cells = [images, imagesPerBatch, batch, name, model.toFixed(1), measured.toFixed(1)];
  console.log(`| ${[...cells, percent(error)].join(" | ")} |`);
  return error;
}

/** Seconds of AWS's time from when the pollers begin until the queue is empty. */
async function measure({ images, imagesPerBatch, secondsPerImage, ...limits }: Point): Promise<number> {
  const { maximumConcurrency, pollers: provisionedPollers } = limits;
  const { maximumConcurrency: _, ...mapping } = aMapping(arn, { batchSize: imagesPerBatch });
  const enabled = {
    ...mapping,
    ...(maximumConcurrency && { maximumConcurrency }),
    ...(provisionedPollers && { provisionedPollers }),
  };
  await scene.lambda.putEventSourceMapping({ ...enabled, enabled: false });
  await fill(scene.sqs, scene.urlOf("work"), images, (1000 * secondsPerImage) / timeScale);
  scene.logged.length = 0;
  const startedMs = performance.now();
  await scene.lambda.putEventSourceMapping(enabled);
  await until("the queue is empty", () => scene.isEmpty("work"), 600_000);
  return ((performance.now() - startedMs) * timeScale) / 1000;
}

/** For a batch in the last measurement, in AWS's time. */
function reportedSeconds(): number {
  const durationsMs = scene.logged.flatMap(
    ({ line }) => /^REPORT .* Duration: (\d+) ms/.exec(line)?.[1] ?? [],
  );
  const sum = durationsMs.reduce((total, ms) => total + Number(ms), 0);
  return ((sum / durationsMs.length) * timeScale) / 1000;
}

async function fill(sqs: SQSClient, QueueUrl: string, images: number, milliseconds: number): Promise<void> {
  const MessageBody = JSON.stringify({ milliseconds });
  for (let sent = 0; sent < images; sent += 10) {
    const Entries = Array.from({ length: Math.min(10, images - sent) }, (__, n) => ({
      Id: `${n}`,
      MessageBody,
    }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
