// Does anybody hear of the alarms? AWS sends nothing to an address that has not confirmed, and forgets it after two days.
import { ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import type { Target } from "../target.ts";
import { type Check, insist, Remark } from "./check.ts";

const PENDING = "PendingConfirmation";

export function alarmChecks({ alarms }: Target): Check[] {
  if (!alarms) return [];
  const { sns, topicArn } = alarms;
  const check: Check = {
    name: "alarms",
    meaning: "Somebody hears of them, and has confirmed the mail that AWS sent to ask.",
    mend: `aws sns subscribe --protocol email --notification-endpoint <address> \\
    --topic-arn ${topicArn}`,
    async look() {
      const { Subscriptions = [] } = await (await sns()).send(
        new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }),
      );
      const pending = Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === PENDING);
      const names = pending.map(({ Endpoint }) => Endpoint).join(", ");
      insist(pending.length === 0, `Not confirmed: ${names}.`);
      if (Subscriptions.length === 0) throw new Remark("Nobody hears of them.");
      return `${Subscriptions.length} ${Subscriptions.length === 1 ? "hears" : "hear"} of them`;
    },
  };
  return [check];
}
