// Darkroom under mocks, with the settings of a stack as a person would write them.
import * as pulumi from "@pulumi/pulumi";
import { Darkroom } from "../../infra/darkroom.ts";
import { parseSettings } from "../../settings/settings.ts";
import { type MockedOptions, type MockedRun, runMocked } from "../support/mocked-program.ts";

export function declareDarkroom(
  settings: Record<string, unknown> = {},
  options: MockedOptions = {},
): Promise<MockedRun> {
  const code = new pulumi.asset.FileArchive("an/artifact");
  return runMocked(() => new Darkroom("photos", { settings: parseSettings(settings), code }), options);
}
