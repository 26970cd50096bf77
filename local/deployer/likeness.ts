// What AWS would answer for a resource that nobody makes: its id, its names and its arn, in AWS's forms.
import { physicalName, physicalUuid } from "./physical-name.ts";
import type { Declared, Made } from "./resource-type.ts";
import type { Inputs } from "./values.ts";

interface Place {
  region: string;
  accountId: string;
}

interface Subject extends Place {
  declared: Declared;
  name: string;
}

/** Outputs beside the name; `id`, when it is another. */
type Likeness = (subject: Subject) => Inputs & { arn?: string; id?: string };

const MAX_NAME_LENGTH = 63;

const LIKENESSES: Record<string, Likeness> = {
  "aws:s3/bucket:Bucket": ({ name, region }) => ({
    id: name,
    bucket: name,
    region,
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  }),
  "aws:sqs/queue:Queue": ({ name, region, accountId }) => {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    return { id: url, url, arn: `arn:aws:sqs:${region}:${accountId}:${name}` };
  },
  "aws:iam/role:Role": ({ name, accountId }) => ({ arn: `arn:aws:iam::${accountId}:role/${name}` }),
  "aws:lambda/function:Function": ({ name, region, accountId }) => {
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${name}`;
    return { arn, version: "1", qualifiedArn: `${arn}:1` };
  },
  "aws:lambda/alias:Alias": ({ name, region, accountId, declared }) => {
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${declared.inputs.functionName}:${name}`;
    return { id: arn, arn };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": ({ region, accountId, declared }) => {
    const uuid = physicalUuid(declared);
    return { id: uuid, uuid, arn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}` };
  },
  "aws:cloudwatch/logGroup:LogGroup": ({ name, region, accountId }) => ({
    arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}`,
  }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name, region, accountId }) => ({
    arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
  }),
  "aws:cloudwatch/dashboard:Dashboard": ({ name, accountId }) => ({
    dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${name}`,
  }),
  "aws:cloudwatch/eventRule:EventRule": ({ name, region, accountId }) => ({
    arn: `arn:aws:events:${region}:${accountId}:rule/${name}`,
  }),
  "aws:sns/topic:Topic": ({ name, region, accountId }) => {
    const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
    return { id: arn, arn };
  },
  "aws:dynamodb/table:Table": ({ name, region, accountId }) => ({
    id: name,
    arn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}`,
  }),
  "aws:cloudfront/distribution:Distribution": ({ accountId, declared }) => {
    const id = `E${physicalUuid(declared).replaceAll("-", "").slice(0, 13).toUpperCase()}`;
    const domainName = `d${id.slice(1).toLowerCase()}.cloudfront.net`;
    return { id, domainName, arn: `arn:aws:cloudfront::${accountId}:distribution/${id}` };
  },
};

export function likenessOf(declared: Declared, place: Place): Made {
  const { name: given, bucket, dashboardName } = declared.inputs;
  const ofBucket = declared.type === "aws:s3/bucket:Bucket" ? bucket : undefined;
  const name = String(given ?? ofBucket ?? dashboardName ?? physicalName(declared, MAX_NAME_LENGTH));
  const { id = name, ...outputs } = LIKENESSES[declared.type]?.({ ...place, declared, name }) ?? {};
  return { id, outputs: { name, ...outputs } };
}
