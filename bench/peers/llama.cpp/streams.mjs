// Requests at once through both engines, in alternation: all tokens a second, and the time to the first token.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median } from "./rows.mjs";
import { Side } from "./sides.mjs";

const usage = `usage: streams.mjs MODEL.gguf [options]
  --streams N   requests at once [16]
  --prompt N    tokens of each prompt [256]
  --shared N    tokens that all prompts begin with [0]
  --tokens N    tokens to generate for each [64]
  --threads N   [2]
  --rounds N    [3]`;

const number = (name, value) => [name, { type: "string", default: String(value) }];
const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries([
        number("streams", 16), number("prompt", 256), number("shared", 0), number("tokens", 64), number("threads", 2), number("rounds", 3)]),
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
const [speed, first] = ["speed", "first"].map(field => (
    Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, median(all.map(figures => figures[field]))]))));
console.log(`tokens/s ${speed.ashlar.toFixed(1)} to ${speed["llama.cpp"].toFixed(1)}: ${(speed.ashlar / speed["llama.cpp"]).toFixed(2)}`);
console.log(`first token ${first.ashlar.toFixed(2)} to ${first["llama.cpp"].toFixed(2)} s: ${(first["llama.cpp"] / first.ashlar).toFixed(2)}`);
