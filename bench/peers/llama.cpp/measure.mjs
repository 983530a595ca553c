// The speed of llama.cpp, measured on request: measure.mjs MODEL.gguf THREADS
// Takes and gives what `ashlar bench --drive` takes and gives: a line asks for a measurement, a line of JSON answers it.
import { createInterface } from "node:readline";
import { Peer, tokens } from "./peer.mjs";

const [path, threads] = process.argv.slice(2);
const peer = await Peer.open(path, Number(threads));

const contexts = new Map(); // by the number of sequences: the binding's context, its length, how much of a prompt is in it

const measurements = {
    // A prompt of one sequence from its beginning, in one call.
    async prefill(count) {
        const state = await sequences(1, count);
        state.context.disposeSequence(0);
        const result = await time(count, () => compute(state.context, 0, count));
        state.computed = count;
        return result;
    },
    // Tokens of one sequence one by one, behind a prompt.
    decode: (count, prompt) => measurements.batch(1, count, prompt),
    // Tokens of several sequences, one of each at a time, behind prompts of their own.
    async batch(count, each, prompt) {
        const state = await sequences(count, prompt + each);
        const isNew = state.computed < prompt;
        for (let sequence = 0; sequence < count; sequence++) {
            if (isNew) {
                state.context.disposeSequence(sequence);
                await compute(state.context, sequence, prompt);
            } else {
                state.context.removeTokenCellsFromSequence(sequence, prompt, -1);
            }
        }
        state.computed = Math.max(state.computed, prompt);
        return time(count * each, () => steps(state.context, each, count, prompt));
    },
    // Requests that all come at once, each with a prompt of its own behind `shared` tokens that are the same.
    async streams(count, each, prompt, shared) {
        const state = await sequences(count, shared + prompt + each);
        for (let sequence = 0; sequence < count; sequence++) state.context.disposeSequence(sequence);
        state.computed = 0;
        return serve(state.context, count, each, shared + prompt);
    },
};

// Continuous batching as llama.cpp's server does it: a step has the next token of every sequence that generates, and of the prompts, in
// their order, as many tokens as a batch still holds. (Its server finds a beginning again that the same slot computed before, no other's.)
async function serve(context, count, each, prompt) {
    const batch = 512;
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    const streams = Array.from({ length: count }, (_, sequence) => ({ sequence, position: 0, first: null, left: each }));
    while (streams.some(stream => stream.left > 0)) {
        const parts = [];
        let room = batch;
        for (const stream of streams) {
            if (stream.position < prompt || stream.left === 0) continue;
            parts.push({ stream, sequence: stream.sequence, position: stream.position, tokens: tokens(1, stream.position), outputs: [0] });
            room--;
        }
        for (const stream of streams) {
            if (stream.position >= prompt || room === 0) continue;
            const part = tokens(Math.min(room, prompt - stream.position), stream.position + stream.sequence);
            const isLast = stream.position + part.length === prompt;
            parts.push({
                stream, sequence: stream.sequence, position: stream.position, tokens: part, outputs: isLast ? [part.length - 1] : [],
            });
            room -= part.length;
        }
        await peer.decode(context, parts);
        for (const { stream, tokens, outputs } of parts) {
            stream.position += tokens.length;
            if (outputs.length === 0) continue;
            stream.first ??= seconds();
            stream.left--;
        }
    }
    return { tokens: count * (prompt + each), seconds: seconds(), first: streams.map(stream => stream.first) };
}

async function sequences(count, length) {
    const existing = contexts.get(count);
    if (existing?.length >= length) return existing;
    await existing?.context.dispose();
    const rounded = Math.ceil(length / 256) * 256;
    const state = { context: await peer.context(count, rounded), length: rounded, computed: 0 };
    contexts.set(count, state);
    return state;
}

async function compute(context, sequence, count) {
    for (let from = 0; from < count; from += 512) {
        const part = tokens(Math.min(512, count - from), from + sequence);
        await peer.decode(context, [{ sequence, position: from, tokens: part, outputs: [part.length - 1] }]);
    }
}

async function steps(context, count, sequences, prompt) {
    for (let step = 0; step < count; step++) {
        const parts = Array.from({ length: sequences }, (_, sequence) => (
            { sequence, position: prompt + step, tokens: tokens(1, step + sequence), outputs: [0] }));
        await peer.decode(context, parts);
    }
}

async function time(count, run) {
    const start = performance.now();
    await run();
    return { tokens: count, seconds: (performance.now() - start) / 1000 };
}

for await (const line of createInterface({ input: process.stdin })) {
    const [what, ...numbers] = line.trim().split(/\s+/);
    console.log(JSON.stringify(await measurements[what](...numbers.map(Number))));
}
process.exit(0);
