// Darkroom in a Pulumi program of your own: its settings, hooks for its resources, and what hangs on to them.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Darkroom } from "../infra/darkroom.ts";

const photos = new Darkroom("photos", {
  // Made by `npm run build`.
  code: new pulumi.asset.FileArchive("dist/worker-linux-arm64"),
  settings: {
    variants: [{ name: "web", width: 1600, formats: ["avif", "jpeg"] }],
    maximumConcurrency: 20,
    alarmEmails: ["photos@example.org"],
  },
  transform: {
    // Some arguments more…
    function: { description: "Renders the photos of the shop." },
    // A bucket has one notification: whoever else wants its events joins this one.
    notification: { eventbridge: true },
    // …or a function from what they would be.
    alarm: (args) => ({
      ...args,
      treatMissingData: args.metricName === "Errors" ? "ignore" : "notBreaching",
    }),
  },
});

// Whatever Darkroom does not know about.
new aws.s3.BucketCorsConfiguration("uploads-from-the-browser", {
  bucket: photos.source.name,
  corsRules: [
    { allowedMethods: ["PUT"], allowedOrigins: ["https://shop.example.org"], allowedHeaders: ["*"] },
  ],
});

export const uploads = photos.source.name;
export const dashboard = photos.dashboardUrl;
