// The policy of the function's role.
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { policy, type Statement } from "./policy.ts";
import type { PrivateBucket } from "./private-bucket.ts";
import type { RenderFunctionArgs } from "./render-function.ts";

/** What the worker and the event source mapping do, and nothing more. They share the role: Lambda polls with it. */
export function permissions(args: RenderFunctionArgs, logGroup: aws.cloudwatch.LogGroup) {
  const { settings, source, destination, queue } = args;
  const keysOf = (bucket: PrivateBucket) => pulumi.interpolate`${bucket.arn}/*`;
  return policy(
    {
      Sid: "ReadSources",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: keysOf(source),
    },
    {
      // Without it, S3 says 403 for a key that does not exist, and a removed source could not be told from a refusal.
      Sid: "TellAbsentFromForbidden",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: [source.arn, destination.arn],
    },
    {
      Sid: "KeepRenditions",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: keysOf(destination),
    },
    {
      Sid: "TakeMessages",
      Effect: "Allow",
      Action: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
      ],
      Resource: queue.lanes.map(({ arn }) => arn),
    },
    { Sid: "Reject", Effect: "Allow", Action: "sqs:SendMessage", Resource: queue.deadLetters.arn },
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${logGroup.arn}:*`,
    },
    ...useOfKey(settings.kmsKeyArn, "kms:Decrypt", "kms:GenerateDataKey"),
  );
}

/** Objects and messages under the owner's own key: only through S3 and SQS, never the key for itself. */
export function useOfKey(kmsKeyArn: string | undefined, ...actions: string[]): Statement[] {
  if (kmsKeyArn === undefined) return [];
  const region = kmsKeyArn.split(":")[3];
  return [
    {
      Sid: "UseKey",
      Effect: "Allow",
      Action: actions,
      Resource: kmsKeyArn,
      Condition: {
        StringEquals: { "kms:ViaService": [`s3.${region}.amazonaws.com`, `sqs.${region}.amazonaws.com`] },
      },
    },
  ];
}
