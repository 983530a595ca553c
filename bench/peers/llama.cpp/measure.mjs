// The speed of llama.cpp on a GGUF file, through the library that node-llama-cpp ships, as one JSON object with the
// fields of `ashlar bench --json`: measure.mjs MODEL.gguf PROMPT_TOKENS GENERATED_TOKENS THREADS
import { getLlama } from "node-llama-cpp";

const [path, prompt, generated, threads] = process.argv.slice(2).map((word, i) => (i === 0 ? word : Number(word)));
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ contextSize: prompt + generated + 8, batchSize: prompt, threads: { ideal: threads, min: threads } });
const sequence = context.getSequence();

// Token ids that any vocabulary has; what they mean does not matter to the speed.
const tokens = Array.from({ length: prompt }, (_, i) => 3 + ((i * 7919) % 200));

async function prefill() {
    await sequence.clearHistory();
    const start = performance.now();
    await sequence.evaluateWithoutGeneratingNewTokens(tokens);
    return prompt / ((performance.now() - start) / 1000);
}

async function decode() {
    let count = 0;
    let start = 0;
    for await (const _ of sequence.evaluate([3], { temperature: 0, yieldEogToken: true })) {
        if (count++ === 0) start = performance.now(); // the first token also pays for what came before
        if (count > generated) break;
    }
    return generated / ((performance.now() - start) / 1000);
}

await prefill(); // warms up
const prefillSpeed = await prefill();
const decodeSpeed = await decode();
console.log(JSON.stringify({
    model: path,
    threads,
    prompt_tokens: prompt,
    prefill_tokens_per_second: prefillSpeed,
    generated_tokens: generated,
    decode_tokens_per_second: decodeSpeed,
}));
process.exit(0);
