// Both sides of the comparison, each as a process of its own: kept and asked for measurements, or started for a first token.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");

// The program itself, and not the script that looks whether it must be built: that takes time of its own.
const program = process.env.ASHLAR_PROGRAM?.split(" ")
    ?? ["dotnet", join(root, "src", "Ashlar.Cli", "bin", "Release", "net10.0", "ashlar.dll")];

/** Builds Ashlar where that is needed. */
export const build = () => {
    if (!process.env.ASHLAR_PROGRAM) execFileSync(join(root, "ashlar"), ["--version"], { stdio: ["ignore", "ignore", "inherit"] });
};

/** What a command of Ashlar prints. */
export const ashlar = (...words) => execFileSync(program[0], [...program.slice(1), ...words], { stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28 }).toString();

/** How the processes are started, by side. */
const commands = {
    ashlar: {
        drive: (model, threads) => [...program, "bench", model, "-t", threads, "--drive"],
        first: (model, threads, prompt) => [...program, "run", model, prompt, "-n", "1", "--temp", "0", "--ignore-eos", "-t", threads],
    },
    "llama.cpp": {
        drive: (model, threads) => ["node", join(here, "measure.mjs"), model, threads],
        first: (model, threads, prompt) => ["node", join(here, "first-token.mjs"), model, threads, prompt],
    },
};

export const sides = Object.keys(commands);

/** A process with a model in memory that measures what it is asked for. */
export class Side {
    #process;
    #answers;

    constructor(side, model, threads) {
        const [name, ...words] = commands[side].drive(model, threads).map(String);
        this.name = side;
        this.#process = spawn(name, words, { stdio: ["pipe", "pipe", "inherit"] });
        this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    }

    /** Asks for a measurement: { tokens, seconds }. */
    async measure(line) {
        this.#process.stdin.write(`${line}\n`);
        const { value, done } = await this.#answers.next();
        if (done) throw new Error(`${this.name} ended before it answered '${line}'`);
        return JSON.parse(value);
    }

    /** The most memory that the process has held, in bytes; null where the system does not tell. */
    peakMemory() {
        try {
            return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${this.#process.pid}/status`, "utf8"))[1]) * 1024;
        } catch {
            return null;
        }
    }

    async close() {
        this.#process.stdin.end();
        if (this.#process.exitCode === null) await new Promise(done => this.#process.once("exit", done));
    }
}

/** Seconds from the start of a process to the first byte that it prints, and what it prints of its own. */
export async function firstToken(side, model, threads, prompt) {
    const [name, ...words] = commands[side].first(model, threads, prompt).map(String);
    const start = performance.now();
    const child = spawn(name, words, { stdio: ["ignore", "pipe", "inherit"] });
    let seconds = null;
    let text = "";
    for await (const piece of child.stdout) {
        seconds ??= (performance.now() - start) / 1000;
        text += piece;
    }
    if (seconds === null) throw new Error(`${side} printed no token of ${model}`);
    return { seconds, text };
}

/** A process that wants a core for itself until it is ended. */
export function stranger() {
    const child = spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" });
    return () => child.kill();
}
