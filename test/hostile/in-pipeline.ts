// The corpus through the real thing: the program deployed to a local cloud, the built artifact, its renderers, its memory
// limit. What each file became is read from the worker's log, and checked in the bucket.
import { GetObjectCommand } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject } from "../support/a-project.ts";
import { expectWholeSet } from "../support/whole-set.ts";
import type { Case } from "./corpus/case.ts";
import { judgeOne, type Minutes } from "./inquest.ts";
import { hasSecondNature } from "./second-nature.ts";
import type { Verdict } from "./tormentor.ts";

/** Less than the default, and than what the worst file would like to have. */
export const MEMORY_MIB = 1536;

const SETTINGS = { memoryMiB: MEMORY_MIB };

const UPLOADS_AT_ONCE = 4;

/** What the platform says of an environment that lives. */
const ORDINARY = /^(START|REPORT) /;

export interface PipelineMinutes extends Minutes {
  /** Of the worker and its renderers together, the largest of all reports. */
  peakMiB: number;
  /** Deaths of the environment, and invocations that took too long. */
  accidents: string[];
}

export async function judgeInPipeline(cases: readonly Case[], limitMs: number): Promise<PipelineMinutes> {
  const project = aProject(SETTINGS);
  try {
    const pipeline = await startPipeline({
      projectDirectory: project.path,
      stack: "test",
      maximumEnvironments: 1,
    });
    try {
      return await judgeIn(pipeline, cases, limitMs);
    } finally {
      await pipeline.stop();
    }
  } finally {
    project.remove();
  }
}

export async function judgeIn(
  pipeline: TestPipeline,
  cases: readonly Case[],
  limitMs: number,
): Promise<PipelineMinutes> {
  await pLimit(UPLOADS_AT_ONCE).map(cases, ({ bytes }, index) => pipeline.put(keyOf(index), bytes));
  await pipeline.drained(limitMs);
  return minutesOf(cases, pipeline);
}

function keyOf(index: number): string {
  return `hostile/${String(index).padStart(4, "0")}`;
}

async function minutesOf(cases: readonly Case[], pipeline: TestPipeline): Promise<PipelineMinutes> {
  const minutes: Minutes = { rows: new Map(), unexpected: [] };
  for (const [index, each] of cases.entries()) {
    judgeOne(minutes, each, await verdictOf(keyOf(index), pipeline));
  }
  const peaks = pipeline.platformLines.map((line) =>
    Number(/Max Memory Used: (\d+) MB/.exec(line)?.[1] ?? 0),
  );
  const accidents = pipeline.platformLines.filter((line) => !ORDINARY.test(line));
  return { ...minutes, peakMiB: Math.max(...peaks), accidents };
}

/** One line for each file: whatever is settled at once is settled at the first receive. */
async function verdictOf(key: string, pipeline: TestPipeline): Promise<Verdict> {
  const about = pipeline.lines.filter((line) => line.key === key);
  const [line] = about;
  const times = { elapsedMs: line?.elapsedMs ?? 0, peakBytes: 0 };
  if (line === undefined || about.length > 1) {
    const told = about.map(({ event, code = "" }) => `${event} ${code}`).join(", ");
    return { ...times, outcome: line ? "SEVERAL ROUNDS" : "NOTHING", message: told };
  }
  const { event, code = event, message } = line;
  if (event !== "rendered") return { ...times, outcome: code, ...(message !== undefined && { message }) };
  try {
    const renditions = await expectWholeSet(pipeline, key);
    const bodies = await Promise.all(renditions.map((rendition) => bodyOf(rendition, pipeline)));
    return { ...times, outcome: bodies.some(hasSecondNature) ? "SECOND NATURE" : "rendition" };
  } catch (error) {
    return { ...times, outcome: "NO WHOLE SET", message: String(error) };
  }
}

async function bodyOf(Key: string, { s3, destinationBucket }: TestPipeline): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: destinationBucket, Key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}
