// The measurements: each asks both sides in turn, the first asked changing from round to round, and adds a row of medians.
import { setTimeout as sleep } from "node:timers/promises";
import { median, row } from "./rows.mjs";
import { Side, firstToken, sides, stranger } from "./sides.mjs";

const leastRounds = 3;
const batched = { sequences: 16, prompt: 32, tokens: 32 };
const idleSeconds = 30;

/** The measurements that two kept processes answer, in the order in which they run. */
const driven = { speed, batch, stranger: strangers, idle };

export const names = [...Object.keys(driven).slice(1), "prefill", "decode", "start"];

/** Measures a cell of the plan: a file with so many threads. */
export async function measure(cell, add) {
    const wanted = Object.keys(driven).filter(name => cell.measure.includes(name)
        || (name === "speed" && ["prefill", "decode"].some(part => cell.measure.includes(part))));
    const parts = wanted.length + (cell.measure.includes("start") ? 1 : 0);
    // Each part may take an equal share of the time that is left to the cell.
    const next = index => ({ ...cell, until: performance.now() + (cell.until - performance.now()) / (parts - index) });
    if (wanted.length > 0) {
        const both = sides.map(side => new Side(side, cell.file, cell.threads));
        try {
            for (const side of both) await side.measure(`decode ${cell.tokens} ${cell.prompt}`); // memory, code and caches become warm
            for (const [index, name] of wanted.entries()) await driven[name](next(index), both, add);
        } finally {
            for (const side of both) await side.close();
        }
    }
    if (cell.measure.includes("start")) await start(next(wanted.length), add);
}

// Runs rounds while there is time, and gives each side's figures.
async function alternate(cell, both, run) {
    const figures = both.map(() => []);
    for (let round = 0; round < leastRounds || (round < cell.rounds && performance.now() < cell.until); round++) {
        const order = round % 2 === 0 ? [0, 1] : [1, 0];
        for (const side of order) figures[side].push(await run(both[side]));
    }
    return figures;
}

const perSecond = ({ tokens, seconds }) => tokens / seconds;

async function speed(cell, both, add) {
    const lines = { prefill: `prefill ${cell.prompt}`, decode: `decode ${cell.tokens} ${cell.prompt}` };
    const asked = Object.entries(lines).filter(([name]) => cell.measure.includes(name));
    const figures = await alternate(cell, both, async side => {
        const speeds = {};
        for (const [name, line] of asked) speeds[name] = perSecond(await side.measure(line));
        return speeds;
    });
    for (const [name] of asked) {
        const [ours, theirs] = figures.map(rounds => rounds.map(speeds => speeds[name]));
        const read = { weight_bytes: cell.weightBytes, prompt: cell.prompt };
        add(row(cell, name === "prefill" ? `prefill of ${cell.prompt}` : `decode of ${cell.tokens} behind ${cell.prompt}`, "tokens/s",
            ours, theirs, name === "decode" ? read : {}));
    }
    const memory = both.map(side => side.peakMemory());
    if (memory.every(bytes => bytes !== null)) {
        add(row(cell, "peak memory", "MiB", [memory[0] / 2 ** 20], [memory[1] / 2 ** 20], { file_bytes: cell.fileBytes }));
    }
}

async function batch(cell, both, add) {
    const { sequences, prompt, tokens } = batched;
    const line = `batch ${sequences} ${tokens} ${prompt}`;
    for (const side of both) await side.measure(`batch ${sequences} 2 ${prompt}`);
    for (const side of both) await side.measure(line);
    const [ours, theirs] = await alternate(cell, both, async side => perSecond(await side.measure(line)));
    add(row(cell, `decode of ${tokens} behind ${prompt}, ${sequences} sequences`, "tokens/s", ours, theirs, { sequences }));
}

// One process that wants a core for itself: measured with it and without, in turn.
async function strangers(cell, both, add) {
    const line = `decode 16 ${cell.prompt}`;
    const figures = await alternate(cell, both, async side => {
        const alone = perSecond(await side.measure(line));
        const end = stranger();
        await sleep(200);
        try {
            return { alone, beside: perSecond(await side.measure(line)) };
        } finally {
            end();
        }
    });
    const [alone, beside] = ["alone", "beside"].map(name => figures.map(rounds => rounds.map(speeds => speeds[name])));
    const kept = figures.map((_, side) => median(beside[side]) / median(alone[side]));
    add(row(cell, "decode beside a stranger", "tokens/s", ...beside, { kept: { ashlar: kept[0], llama_cpp: kept[1] } }));
}

// The first token after a rest, beside the tokens of a process that is busy.
async function idle(cell, both, add) {
    const line = `decode 1 ${cell.prompt}`;
    const milliseconds = async side => (await side.measure(line)).seconds * 1000;
    const [warm, rested] = [both.map(() => []), both.map(() => [])];
    for (let round = 0; round < 2; round++) {
        for (const [index, side] of both.entries()) {
            for (let i = 0; i < 5; i++) warm[index].push(await milliseconds(side));
        }
        await sleep(idleSeconds * 1000);
        for (const [index, side] of both.entries()) rested[index].push(await milliseconds(side));
    }
    const times = both.map((_, index) => median(rested[index]) / median(warm[index]));
    add(row(cell, `step after ${idleSeconds} s of rest`, "ms", ...rested, { times_warm: { ashlar: times[0], llama_cpp: times[1] } }));
}

// From the start of a process to its first token. What llama.cpp's takes is told twice: node's own start is not its doing.
async function start(cell, add) {
    const prompt = "the first token behind a short prompt";
    for (const side of sides) await firstToken(side, cell.file, cell.threads, prompt);
    const [ours, theirs] = await alternate(cell, sides, side => firstToken(side, cell.file, cell.threads, prompt));
    const whole = [ours, theirs].map(rounds => rounds.map(first => first.seconds));
    const fromLoad = theirs.map(first => JSON.parse(first.text).seconds_from_load);
    add(row(cell, "process start to first token", "s", ...whole));
    add(row(cell, "the same, llama.cpp from where it begins to load", "s", whole[0], fromLoad));
}
