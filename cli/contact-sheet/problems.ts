// The sources that have no set, each with the facts and with what they mean.
import { reasonOf } from "../../operations/dead-letters/reasons.ts";
import { bytesText, countText } from "../figures.ts";
import { isRejected, problemOf, type SourceReport } from "../report.ts";
import { type Html, html } from "./html.ts";

export function problems(sources: readonly SourceReport[]): Html {
  const rejected = sources.filter(isRejected);
  const unfinished = sources.filter((source) => !isRejected(source));
  return html`${section({
    id: "rejected",
    title: "Rejected",
    lead: `${countText(rejected.length, "source")} no later attempt can render. Each is in the dead-letter queue, with its reason.`,
    sources: rejected,
  })}${section({
    id: "unfinished",
    title: "Not finished",
    lead: `${countText(unfinished.length, "source")} without a set, for reasons that may pass.`,
    sources: unfinished,
  })}`;
}

interface Section {
  id: string;
  title: string;
  lead: string;
  sources: readonly SourceReport[];
}

function section({ id, title, lead, sources }: Section): Html | undefined {
  if (sources.length === 0) return undefined;
  return html`<section aria-labelledby="${id}">
<div class="bar"><h2 id="${id}">${title}</h2><p>${lead}</p></div>
<ul class="problems">
${sources.map(problem)}
</ul>
</section>`;
}

function problem(source: SourceReport): Html {
  const { code, message } = problemOf(source) ?? { code: "", message: "" };
  const meaning = source.outcome.state === "rejected" ? reasonOf(code).meaning : undefined;
  return html`<li>
<h3 class="key">${source.key}</h3>
<p class="code">${code}</p>
<p class="message">${message}</p>
${meaning ? html`<p class="meaning">${meaning}</p>` : undefined}
<p class="size">${bytesText(source.bytes)}</p>
</li>`;
}
