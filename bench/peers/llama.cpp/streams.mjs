// Requests at once through both engines, in alternation: all tokens a second, and the time to the first token.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { keep, print, printHead, row } from "./rows.mjs";
import { Side } from "./sides.mjs";

const usage = `usage: streams.mjs MODEL.gguf [options]
  --streams N   requests at once [16]
  --prompt N    tokens of each prompt [256]
  --shared N    tokens that all prompts begin with [0]
  --tokens N    tokens to generate for each [64]
  --threads N   [2]
  --rounds N    [3]
  --json FILE   put the results into this file`;

const number = (name, value) => [name, { type: "string", default: String(value) }];
const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
        json: { type: "string" }, ...Object.fromEntries([
            number("streams", 16), number("prompt", 256), number("shared", 0), number("tokens", 64), number("threads", 2),
            number("rounds", 3)]),
    },
});
if (positionals.length !== 1) {
    console.error(usage);
    process.exit(2);
}

const [model] = positionals;
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const bench = join(root, "bench", "Ashlar.Bench", "bin", "Release", "net10.0", "Ashlar.Bench.dll");
const load = ["streams", "prompt", "tokens", "threads"].flatMap(name => [`--${name}`, values[name]]);
if (values.shared !== "0") load.push("--shared", values.shared);

const folder = mkdtempSync(join(tmpdir(), "ashlar-streams-"));
const ours = () => {
    const results = join(folder, "results.json");
    execFileSync("dotnet", [bench, "streams", model, ...load, "--rounds", "1", "--json", results], { stdio: "ignore" });
    const found = JSON.parse(readFileSync(results, "utf8")).streams;
    return { speed: found.tokens_per_second, first: found.first_token_p95 };
};

const theirs = async () => {
    const side = new Side("llama.cpp", model, values.threads);
    try {
        await side.measure(`streams ${values.streams} 2 64 0`);
        const { tokens, seconds, first } = await side.measure(
            `streams ${values.streams} ${values.tokens} ${values.prompt} ${values.shared}`);
        const sorted = first.toSorted((a, b) => a - b);
        return { speed: tokens / seconds, first: sorted[Math.min(Math.floor(0.95 * sorted.length), sorted.length - 1)] };
    } finally {
        await side.close();
    }
};

const rounds = { ashlar: [], "llama.cpp": [] };
for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, run] of round % 2 === 0 ? [["ashlar", ours], ["llama.cpp", theirs]] : [["llama.cpp", theirs], ["ashlar", ours]]) {
        const figures = await run();
        rounds[name].push(figures);
        console.log(`${name}: ${figures.speed.toFixed(1)} tokens/s, first token of 95 % within ${figures.first.toFixed(2)} s`);
    }
}
rmSync(folder, { recursive: true });

// Files of synthetic models are named PRESET-TYPE.gguf.
const [, preset, type] = /^(.*?)(?:-((?:q|iq|mxfp|bf|f)\d[a-z0-9_]*))?\.gguf$/.exec(basename(model)) ?? [null, basename(model), ""];
const cell = { preset, type: type ?? "", threads: Number(values.threads) };
const name = `${values.streams} requests of ${values.shared === "0" ? "" : `${values.shared} shared + `}${values.prompt} + ${values.tokens}`;
const of = field => ["ashlar", "llama.cpp"].map(side => rounds[side].map(figures => figures[field]));
const rows = [
    row(cell, `${name}: all tokens`, "tokens/s", ...of("speed")), row(cell, `${name}: first token of 95 %`, "s", ...of("first"))];
printHead();
rows.forEach(print);
if (values.json) keep(values.json, rows);
