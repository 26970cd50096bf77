// A table with one item for each source object: what became of it, and when. A copy to look things up in; the manifests stay the
// truth, and nothing of Darkroom reads it. worker/outcomes/catalog-item.ts has what is in an item.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings.ts";

const NAMES = ["key", "statusShard", "finishedAt", "uploadBatch", "status"];

export class Catalog extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;

  constructor(name: string, args: { settings: Settings }, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Catalog", name, {}, options);
    const { protect, kmsKeyArn, tags } = args.settings;
    this.table = new aws.dynamodb.Table(
      name,
      {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "key",
        attributes: NAMES.map((attribute) => ({ name: attribute, type: "S" })),
        globalSecondaryIndexes: [
          // In 16 shards: see worker/outcomes/catalog-item.ts.
          index("by-status", "statusShard", "finishedAt"),
          index("by-batch", "uploadBatch", "status"),
        ],
        ttl: { attributeName: "expiresAt", enabled: true },
        pointInTimeRecovery: { enabled: true },
        // Without a key of the owner's, DynamoDB encrypts with its own.
        ...(kmsKeyArn !== undefined && { serverSideEncryption: { enabled: true, kmsKeyArn } }),
        deletionProtectionEnabled: protect,
        tags,
      },
      { parent: this, protect },
    );
    this.registerOutputs({ tableName: this.table.name });
  }
}

/** With the reason; whoever wants to know more asks for the item. */
function index(name: string, partition: string, sort: string) {
  return {
    name,
    keySchemas: [
      { attributeName: partition, keyType: "HASH" },
      { attributeName: sort, keyType: "RANGE" },
    ],
    projectionType: "INCLUDE",
    nonKeyAttributes: ["reason", "reasonMessage"],
  };
}
