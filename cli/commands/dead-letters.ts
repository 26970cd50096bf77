// `darkroom dead-letters`, or `dlq`: look at what failed, by reason, and send it back to work.
import { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { addFilterOptions } from "./filter-options.ts";
import { addTargetOptions } from "./target-options.ts";
import { wholeNumber } from "./whole-number.ts";

type Exit = (code: ExitCode) => void;

export function deadLettersCommand(exit: Exit): Command {
  return new Command("dead-letters")
    .alias("dlq")
    .summary("look at what failed, and send it back to work")
    .description("Dead letters are messages about images that could not be done, each with its reason.")
    .addCommand(listCommand(exit))
    .addCommand(showCommand(exit))
    .addCommand(redriveCommand(exit))
    .addCommand(dropCommand(exit))
    .addCommand(exportCommand(exit))
    .addCommand(importCommand(exit));
}

function listCommand(exit: Exit): Command {
  return addTargetOptions(addFilterOptions(new Command("list")))
    .summary("grouped by reason, with what each means")
    .description(
      "Lists dead letters by reason. What it receives to do so, it puts back, also on Ctrl-C; killed, they are back after a minute. Each look counts as a receive in the count of SQS, which decides nothing here.",
    )
    .addHelpText(
      "after",
      `
Examples:
  darkroom dlq list
  darkroom dlq list --reason TRUNCATED --prefix photos/2026/ --since 6h
  darkroom dlq list --json                     one line per dead letter`,
    )
    .action(async (options) => {
      const { runList } = await import("../run-dead-letters.ts");
      exit(await runList(options));
    });
}

function showCommand(exit: Exit): Command {
  return addTargetOptions(new Command("show"))
    .summary("one dead letter: reason, body, source, what to do")
    .argument("<id>", "its id, as `dlq list` and `show` tell it")
    .addHelpText(
      "after",
      `
Examples:
  darkroom dlq show 5e4a3f0c-2b1d-4c7e-9a86-0f1e2d3c4b5a
  darkroom dlq show 5e4a3f0c-2b1d-4c7e-9a86-0f1e2d3c4b5a --json | jq .set`,
    )
    .action(async (id, options) => {
      const { runShowDeadLetter } = await import("../run-dead-letters.ts");
      exit(await runShowDeadLetter(id, options));
    });
}

function redriveCommand(exit: Exit): Command {
  return addTargetOptions(addFilterOptions(new Command("redrive")))
    .summary("send dead letters back to work; only says what it would do without --yes")
    .description(
      "Sends a copy of each dead letter to the queue, deletes the dead letter when the copy is there, and " +
        "says what became of each. Killed at any point, it loses nothing: run it again.",
    )
    .option("--all", "whatever the reason")
    .option("--yes", "do it; without, it is a dry run")
    .option("--rate <n>", "messages a second at most", wholeNumber("--rate", 1, 500))
    .option("--canary <n>", "first so many; the rest only when those are done", wholeNumber("--canary", 1))
    .option(
      "--max-redrives <n>",
      "leave what came back so often (default: 3)",
      wholeNumber("--max-redrives", 1),
    )
    .option("--native", "let SQS move all of them: it neither filters nor counts")
    .option("--no-follow", "do not wait for what becomes of them")
    .addHelpText(
      "after",
      `
Exit codes: 0 all done, 1 some failed again or are not done yet, 2 wrong usage,
130 interrupted.

Examples:
  darkroom dlq redrive --reason CORRUPT                   what would be sent
  darkroom dlq redrive --reason UNKNOWN --canary 5 --yes  five, then the rest
  darkroom dlq redrive --fixed-in 0.2.0 --yes             of older workers
  darkroom dlq redrive --all --rate 50 --yes --stack prod
  darkroom dlq redrive --native --rate 500 --yes          all, by SQS itself`,
    )
    .action(async (options) => {
      const { runRedrive } = await import("../run-redrive.ts");
      exit(await runRedrive(options));
    });
}

function dropCommand(exit: Exit): Command {
  return addTargetOptions(addFilterOptions(new Command("drop")))
    .summary("delete dead letters, after they are saved to a file")
    .description("Saves dead letters to a file, then deletes them. Asks for their number first.")
    .option("--all", "whatever the reason")
    .option("--yes", "do not ask")
    .option("--export <file>", "where they are saved (default: dead-letters-<time>.ndjson)")
    .addHelpText(
      "after",
      `
Examples:
  darkroom dlq drop --reason EMPTY --export empty.ndjson
  darkroom dlq drop --prefix test/ --until 2d --yes`,
    )
    .action(async (options) => {
      const { runDrop } = await import("../run-archive.ts");
      exit(await runDrop(options));
    });
}

function exportCommand(exit: Exit): Command {
  return addTargetOptions(addFilterOptions(new Command("export")))
    .summary("save dead letters as lines of JSON; they stay where they are")
    .argument("[file]", "a new file (default: stdout)")
    .addHelpText(
      "after",
      `
Examples:
  darkroom dlq export saved.ndjson --reason RENDER_CRASHED
  darkroom dlq export | jq -r .body`,
    )
    .action(async (file, options) => {
      const { runExport } = await import("../run-archive.ts");
      exit(await runExport(file, options));
    });
}

function importCommand(exit: Exit): Command {
  return addTargetOptions(new Command("import"))
    .summary("put saved dead letters back into the dead-letter queue")
    .argument("<file>", "as `dlq export` or `dlq drop` wrote it")
    .addHelpText("after", "\nExample:\n  darkroom dlq import saved.ndjson")
    .option("--yes", "do not ask")
    .action(async (file, options) => {
      const { runImport } = await import("../run-archive.ts");
      exit(await runImport(file, options));
    });
}
