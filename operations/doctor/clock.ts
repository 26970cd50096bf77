// Is it the same time here as there? Ages, --since and what expires when are counted by the clock of this machine.
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import type { Target } from "../target.ts";
import { type Check, insist } from "./check.ts";

/** The answer's time has no fractions, and the way there and back takes a while. */
const MAX_SKEW_SECONDS = 60;

export function clockCheck({ s3, sourceBucket }: Target, now: () => number): Check {
  return {
    name: "clock",
    meaning: "Ages and --since are counted by it, and AWS refuses requests that are 15 minutes off.",
    mend: "sudo timedatectl set-ntp true",
    async look() {
      const command = new HeadBucketCommand({ Bucket: sourceBucket });
      let date: string | undefined;
      command.middlewareStack.add(
        (next) => async (args) => {
          const result = await next(args);
          date = (result.response as { headers?: Record<string, string> }).headers?.date;
          return result;
        },
        { step: "deserialize" },
      );
      const before = now();
      await s3.send(command);
      const theirs = Date.parse(date ?? "");
      insist(!Number.isNaN(theirs), "S3 did not say what time it is.");
      const seconds = Math.round(((before + now()) / 2 - theirs) / 1000);
      const found = `${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead"}`;
      insist(Math.abs(seconds) <= MAX_SKEW_SECONDS, `This machine's is ${found}.`);
      // S3 tells whole seconds: one more or less is none.
      return Math.abs(seconds) <= 1 ? "agrees" : found;
    },
  };
}
