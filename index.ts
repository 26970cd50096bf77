// The Pulumi program: settings → one Darkroom → outputs.
import * as pulumi from "@pulumi/pulumi";
import { buildWorker } from "./artifact/build-worker.ts";
import { readSettings } from "./infra/config.ts";
import { Darkroom } from "./infra/darkroom.ts";

const settings = readSettings();
// A prebuilt artifact, such as CI's, or the one for this machine that local mode runs; otherwise it is built here.
const artifact =
  process.env.DARKROOM_ARTIFACT ??
  (await buildWorker(settings.architecture === "arm64" ? "linux-arm64" : "linux-x64"));

const darkroom = new Darkroom("darkroom", { settings, code: new pulumi.asset.FileArchive(artifact) });

export const sourceBucket = darkroom.source.name;
export const destinationBucket = darkroom.destination.name;
export const workQueueUrl = darkroom.queue.work.url;
export const backfillQueueUrl = darkroom.queue.backfill?.url;
export const deadLetterQueueUrl = darkroom.queue.deadLetters.url;
export const functionName = darkroom.worker.function.name;
export const eventSourceMappingId = darkroom.worker.mapping.uuid;
export const backfillMappingId = darkroom.worker.backfillMapping?.uuid;
export const accessLogBucket = darkroom.accessLogs?.bucket.name;
export const region = darkroom.region;
export const operatorRead = darkroom.operators?.read.arn;
export const operatorRedrive = darkroom.operators?.redrive.arn;
export const alarmsTopicArn = darkroom.alarms.topic.arn;
export const dashboardUrl = darkroom.dashboardUrl;
export const cdnUrl = darkroom.cdn?.url;
export const catalogTable = darkroom.catalog?.table.name;
export const eventsTopicArn = darkroom.events?.topic.arn;
