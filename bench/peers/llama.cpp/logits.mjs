// llama.cpp's logits of every position: logits.mjs MODEL.gguf TOKENS OUT
// TOKENS holds a window of token ids in each line; OUT receives (windows, tokens, vocabulary) float32, little-endian.
import { createWriteStream, readFileSync } from "node:fs";
import { once } from "node:events";
import { Peer } from "./peer.mjs";

const [path, tokensPath, outPath] = process.argv.slice(2);
const windows = readFileSync(tokensPath, "utf8").trim().split("\n").map(line => line.split(" ").map(Number));
const longest = Math.max(...windows.map(window => window.length));
const peer = await Peer.open(path, 2);
const context = await peer.context(1, Math.max(256, longest), longest);

// A sampler that changes nothing: it is asked for the logits, not for the token.
const sampler = new peer.llama._bindings.AddonSampler(peer.model._model);
sampler.applyConfig({ temperature: 0 });

const out = createWriteStream(outPath);
for (const tokens of windows) {
    context.disposeSequence(0);
    const [rows] = await peer.decode(context, [{ sequence: 0, position: 0, tokens, outputs: tokens.map((_, i) => i) }]);
    for (const row of rows) {
        const [, , , pairs] = await context.sampleToken(row, sampler, false, false, true, false);
        const logits = new Float32Array(pairs.length / 2);
        for (let i = 0; i < pairs.length; i += 2) logits[pairs[i]] = pairs[i + 1];
        if (!out.write(new Uint8Array(logits.buffer))) await once(out, "drain");
    }
}
out.end();
await once(out, "finish");
process.exit(0);
