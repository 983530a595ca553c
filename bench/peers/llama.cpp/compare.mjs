// Ashlar and llama.cpp on the same GGUF files with the same threads, in alternation. See README.md, or run it without arguments.
import { mkdirSync, existsSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { measure, names } from "./measurements.mjs";
import { keep, print, printHead } from "./rows.mjs";
import { ashlar, build } from "./sides.mjs";

const usage = `usage: compare.mjs MODEL... [options]    or    compare.mjs --all [options]
  MODEL            a GGUF file, or synthetic:PRESET:TYPE, which is written to $ASHLAR_BENCH_CACHE (else a temporary folder)
  --all            every measurement of docs/performance.md
  --measure LIST   of prefill,decode,batch,start,stranger,idle [prefill,decode]
  --threads LIST   [2]
  --rounds N       at most so many rounds of each measurement, at least 3 [5]
  --minutes N      about how long it may take together; fewer rounds where that is short [20]
  --prompt N       tokens of a prompt [512]
  --tokens N       tokens to decode behind it [64]
  --keep           leave the files that were written
  --json FILE      put the results into this file`;

const { values: options, positionals: models } = parseArgs({
    allowPositionals: true,
    options: {
        all: { type: "boolean" }, keep: { type: "boolean" }, json: { type: "string" },
        measure: { type: "string", default: "prefill,decode" }, threads: { type: "string", default: "2" },
        rounds: { type: "string", default: "5" }, minutes: { type: "string", default: "20" },
        prompt: { type: "string", default: "512" }, tokens: { type: "string", default: "64" },
    },
});
if (!options.all && models.length === 0) {
    console.error(usage);
    process.exit(2);
}

const numbers = text => text.split(",").map(Number);
const unknown = options.measure.split(",").find(name => !names.includes(name));
if (unknown !== undefined) {
    console.error(`compare.mjs: there is no measurement '${unknown}'; there are ${names.join(", ")}`);
    process.exit(2);
}

// A cell of the plan: a file, threads, and what is measured with it.
const cells = options.all ? everything() : models.flatMap(model => numbers(options.threads).map(threads => (
    { model, threads, measure: options.measure.split(","), prompt: Number(options.prompt), tokens: Number(options.tokens) })));

function everything() {
    const cells = [];
    for (const preset of ["qwen3-0.6b", "llama-3.2-1b"]) {
        for (const type of ["q4_0", "q8_0", "q4_k_m", "q6_k", "bf16", "f16"]) {
            const model = `synthetic:${preset}:${type}`;
            const measure = ["prefill", "decode"];
            if (type === "q4_0" || type === "q8_0") measure.push("batch");
            if (preset === "llama-3.2-1b" && type === "q4_0") measure.push("stranger", "idle", "start");
            cells.push({ model, threads: 2, measure, prompt: 512, tokens: 64 });
            if (type.startsWith("q4") || type === "q8_0") cells.push({ model, threads: 1, measure: ["decode"], prompt: 64, tokens: 64 });
        }
    }
    return cells;
}

const cache = process.env.ASHLAR_BENCH_CACHE ?? join(tmpdir(), "ashlar-bench");
const written = new Set();

function fileOf(model) {
    if (!model.startsWith("synthetic:")) return model;
    const file = join(cache, `${model.split(":").slice(1).join("-")}.gguf`);
    if (!existsSync(file)) {
        mkdirSync(cache, { recursive: true });
        ashlar("inspect", model, "--write", file);
        written.add(file);
    }
    return file;
}

// All weights take part in every token, but the rows of an embedding that is not the output matrix too.
function weightBytes(file) {
    const { bytes, tensors } = JSON.parse(ashlar("inspect", file, "--tensors", "--json"));
    const isTied = !tensors.some(tensor => tensor.name === "output.weight");
    return isTied ? bytes : bytes - tensors.find(tensor => tensor.name === "token_embd.weight").bytes;
}

build();
const ends = performance.now() + Number(options.minutes) * 60_000;
printHead();
for (let i = 0; i < cells.length; i++) {
    const cell = cells[i];
    const file = fileOf(cell.model);
    const [, preset, type] = cell.model.startsWith("synthetic:") ? cell.model.split(":") : [null, basename(file, ".gguf"), ""];
    const share = (ends - performance.now()) / (cells.length - i); // what is left, for each cell that is left
    const job = {
        ...cell, file, preset, type, fileBytes: statSync(file).size, weightBytes: weightBytes(file),
        rounds: Number(options.rounds), until: performance.now() + share,
    };
    const rows = [];
    try {
        await measure(job, row => (print(row), rows.push(row)));
    } finally {
        if (options.json && rows.length > 0) keep(options.json, rows);
        if (!options.keep && written.has(file) && cells[i + 1]?.model !== cell.model) rmSync(file);
    }
}
