// What was measured, as rows of a table and of a file of results.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ashlar } from "./sides.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const key = row => [row.model, row.type, row.measurement, row.threads].join(" ");
const round = number => Number(number.toPrecision(5));

export function median(numbers) {
    const sorted = numbers.toSorted((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** A row of figures in which more is better (tokens/s) or less is (s, ms, MiB); the ratio is above 1 where Ashlar is better. */
export function row(cell, measurement, unit, ours, theirs, more = {}) {
    const better = unit === "tokens/s" ? (a, b) => a / b : (a, b) => b / a;
    const figures = rounds => ({ median: round(median(rounds)), rounds: rounds.map(round) });
    const pairs = ours.map((figure, i) => better(figure, theirs[i]));
    return {
        model: cell.preset, type: cell.type, measurement, threads: cell.threads, unit,
        ashlar: figures(ours), llama_cpp: figures(theirs), ratio: round(better(median(ours), median(theirs))),
        lowest_ratio: round(Math.min(...pairs)), highest_ratio: round(Math.max(...pairs)), ...more,
    };
}

const columns = ["model", "measurement", "threads", "unit", "Ashlar", "llama.cpp", "ratio", "rounds' ratios"];

export function printHead() {
    console.log(`| ${columns.join(" | ")} |\n|${columns.map(() => "---").join("|")}|`);
}

export function print(row) {
    console.log(`| ${[`${row.model} ${row.type}`, row.measurement, row.threads, row.unit, row.ashlar.median, row.llama_cpp.median,
        row.ratio.toFixed(2), `${row.lowest_ratio.toFixed(2)} to ${row.highest_ratio.toFixed(2)}`].join(" | ")} |`);
}

/**
 * Puts rows into the section `peers` of a file of results. Older rows of the same measurements give way to them, and so do all that
 * another processor or instruction set measured; those of another commit stay, and say so.
 */
export function keep(path, rows) {
    const all = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
    const here = machine();
    const isComparable = ["processor", "isa"].every(field => all.peers?.machine[field] === here[field]);
    const kept = (isComparable ? all.peers.rows : []).filter(old => !rows.some(row => key(row) === key(old)));
    all.peers = { machine: here, peer: peer(), rows: [...kept, ...rows.map(row => ({ ...row, commit: here.commit }))] };
    writeFileSync(path, JSON.stringify(all, null, 2) + "\n");
}

function machine() {
    const git = (...words) => execFileSync("git", words, { cwd: here, stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
    let commit = null;
    try { commit = git("rev-parse", "--short=12", "HEAD"); } catch { /* not a checkout */ }
    return {
        processor: cpus()[0].model, cores: cpus().length, isa: JSON.parse(ashlar("doctor", "--json")).uses.isa,
        system: `${type()} ${release()}`, commit, date: new Date().toISOString().slice(0, 10),
    };
}

function peer() {
    const read = (...path) => JSON.parse(readFileSync(join(here, "node_modules", "node-llama-cpp", ...path), "utf8"));
    return { "node-llama-cpp": read("package.json").version, "llama.cpp": read("llama", "llama.cpp.info.json").tag };
}
