// Ashlar and llama.cpp on the same GGUF files with the same threads, in alternating runs: medians and ratios as a table,
// and all runs as JSON. Usage: compare.mjs MODEL.gguf... [-p 512] [-n 64] [-t 2] [-r 3] [--json FILE]
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const ashlar = join(here, "..", "..", "..", "ashlar");
const options = { "-p": 512, "-n": 64, "-t": 2, "-r": 3, "--json": null };
const models = [];
for (let words = process.argv.slice(2); words.length > 0;) {
    const word = words.shift();
    if (word in options) options[word] = word === "--json" ? words.shift() : Number(words.shift());
    else models.push(word);
}
if (models.length === 0) {
    console.error("usage: compare.mjs MODEL.gguf... [-p 512] [-n 64] [-t 2] [-r 3] [--json FILE]");
    process.exit(2);
}

const run = (program, words) => JSON.parse(execFileSync(program, words.map(String), { stdio: ["ignore", "pipe", "ignore"] }));
const sides = {
    ashlar: model => run(ashlar, ["bench", model, "-p", options["-p"], "-n", options["-n"], "-t", options["-t"], "--json"]),
    "llama.cpp": model => run("node", [join(here, "measure.mjs"), model, options["-p"], options["-n"], options["-t"]]),
};
const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const results = [];

console.log(`| model | | ashlar | llama.cpp | ratio |`);
console.log(`|---|---|---|---|---|`);
for (const model of models) {
    const runs = { ashlar: [], "llama.cpp": [] };
    for (let round = 0; round < options["-r"]; round++) {
        for (const [side, measure] of Object.entries(sides)) runs[side].push(measure(model));
    }
    for (const [name, field] of [["prefill", "prefill_tokens_per_second"], ["decode", "decode_tokens_per_second"]]) {
        const [ours, theirs] = Object.values(runs).map(side => median(side.map(result => result[field])));
        console.log(`| ${basename(model)} | ${name}, tokens/s | ${ours.toFixed(1)} | ${theirs.toFixed(1)} | ${(ours / theirs).toFixed(3)} |`);
    }
    results.push({ model, prompt_tokens: options["-p"], generated_tokens: options["-n"], threads: options["-t"], runs });
}
if (options["--json"]) writeFileSync(options["--json"], JSON.stringify(results, null, 2) + "\n");
