// The event source mappings that there are, running or not.
//
//   Enabled ──disable──► Disabling ──invocations under way have ended──► Disabled ──enable──► Enabled
import { ServiceError } from "../protocol/model.ts";
import type { Mapping, MappingConfiguration } from "./event-source-mapping.ts";

export interface MappingState {
  configuration: MappingConfiguration;
  state: "Enabled" | "Disabling" | "Disabled";
  modifiedAt: Date;
}

interface Entry extends MappingState {
  running: Mapping | undefined;
}

export class Mappings {
  readonly #start: (configuration: MappingConfiguration) => Mapping;
  readonly #entries = new Map<string, Entry>();

  constructor(start: (configuration: MappingConfiguration) => Mapping) {
    this.#start = start;
  }

  /** Creates or replaces. */
  async put(configuration: MappingConfiguration): Promise<void> {
    const { id, enabled } = configuration;
    await this.#entries.get(id)?.running?.stop();
    const running = enabled ? this.#start(configuration) : undefined;
    const state = enabled ? "Enabled" : "Disabled";
    this.#entries.set(id, { configuration, state, running, modifiedAt: new Date() });
  }

  all(): MappingState[] {
    return [...this.#entries.values()];
  }

  find(id: string): MappingState {
    return this.#entry(id);
  }

  /** Answers at once; what it sets going shows in the state. */
  setEnabled(id: string, enabled: boolean): MappingState {
    const entry = this.#entry(id);
    if (entry.state === "Disabling")
      throw new ServiceError(
        "ResourceInUseException",
        "Cannot update the event source mapping because it is in use.",
        { status: 400 },
      );
    if (enabled === (entry.state === "Enabled")) return entry;
    entry.configuration = { ...entry.configuration, enabled };
    entry.modifiedAt = new Date();
    if (enabled) {
      entry.running = this.#start(entry.configuration);
      entry.state = "Enabled";
    } else {
      entry.state = "Disabling";
      void entry.running?.stop().then(() => {
        entry.running = undefined;
        entry.state = "Disabled";
      });
    }
    return entry;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ running }) => running?.stop()));
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry) return entry;
    throw new ServiceError("ResourceNotFoundException", "The resource you requested does not exist.", {
      status: 404,
    });
  }
}
