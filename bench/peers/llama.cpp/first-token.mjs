// The first token of llama.cpp behind a prompt: first-token.mjs MODEL.gguf THREADS PROMPT
// Prints, with the token, the seconds from where the model began to be loaded: what went before is node's own start.
import { getLlama } from "node-llama-cpp";

const [modelPath, threads, prompt] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const start = performance.now();
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 512, threads: { ideal: Number(threads), min: Number(threads) } });
for await (const token of context.getSequence().evaluate(model.tokenize(prompt), { temperature: 0, yieldEogToken: true })) {
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(JSON.stringify({ token, seconds_from_load: seconds }) + "\n", () => process.exit(0));
    break;
}
