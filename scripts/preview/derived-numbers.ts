// The numbers that nobody sets because they follow from the settings, each with how it comes about.
import * as derived from "../../settings/derived.ts";
import type { Settings } from "../../settings/settings.ts";

export interface DerivedNumber {
  name: string;
  value: number;
  unit: "seconds" | "receives" | "bytes" | "invocations" | "messages";
  because: string;
}

export function derivedNumbers(settings: Settings): DerivedNumber[] {
  const { provisionedPollers, backfill, backfillConcurrency, reserveConcurrency, batchSize } = settings;
  const ofWork = provisionedPollers ? "provisionedPollers.maximum × 10" : "maximumConcurrency";
  const concurrency = derived.reservedConcurrency(settings);
  const numbers: (DerivedNumber | false)[] = [
    {
      name: "visibility timeout",
      value: derived.visibilityTimeoutSeconds(settings),
      unit: "seconds",
      because: "6 × timeoutSeconds + batchWindowSeconds",
    },
    {
      name: "receives before SQS gives up",
      value: derived.redriveReceiveCount(settings),
      unit: "receives",
      because: "maxReceiveCount + 3",
    },
    {
      name: "retention of messages",
      value: derived.workQueueRetentionSeconds(settings),
      unit: "seconds",
      because: "sourceRetentionDays",
    },
    {
      name: "retention of dead letters",
      value: derived.DEAD_LETTER_RETENTION_SECONDS,
      unit: "seconds",
      because: "the most that SQS keeps",
    },
    {
      name: "concurrency of uploads",
      value: derived.workConcurrency(settings),
      unit: "invocations",
      because: ofWork,
    },
    backfill && {
      name: "concurrency of backfills",
      value: backfillConcurrency,
      unit: "invocations",
      because: "backfillConcurrency",
    },
    {
      name: "reserved concurrency",
      value: reserveConcurrency ? concurrency : 0,
      unit: "invocations",
      because: reserveConcurrency ? "of both lanes" : "reserveConcurrency is off",
    },
    {
      name: "in flight at most",
      value: batchSize * concurrency,
      unit: "messages",
      because: "batchSize × concurrency of both lanes",
    },
    {
      name: "alarm: uploads wait",
      value: derived.laggingAlarmSeconds(settings),
      unit: "seconds",
      because: "2 × visibility timeout or 15 minutes",
    },
    {
      name: "alarm: dead letters expire",
      value: derived.deadLetterAlarmSeconds(settings),
      unit: "seconds",
      because: "3/4 of what both retentions leave",
    },
  ];
  return numbers.filter((number) => number !== false);
}
