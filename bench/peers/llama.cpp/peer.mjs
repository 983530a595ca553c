// llama.cpp as node-llama-cpp ships it, driven through the library's own binding, so that one call is one llama_decode of
// exactly the tokens that are given, and nothing is sampled, queued or reordered.
import { getLlama } from "node-llama-cpp";

/** A model in llama.cpp. Contexts are made when first used, and kept. */
export class Peer {
    #contexts = new Map();

    constructor(llama, model, threads) {
        Object.assign(this, { llama, model, threads });
    }

    static async open(path, threads) {
        const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
        return new Peer(llama, await llama.loadModel({ modelPath: path }), threads);
    }

    /** The binding's context for so many sequences of at most `length` tokens each; at most `batch` tokens are computed at once. */
    async context(sequences, length, batch = Math.max(512, sequences)) {
        const key = `${sequences} ${length} ${batch}`;
        if (!this.#contexts.has(key)) {
            const { threads } = this;
            const context = await this.model.createContext({
                sequences, contextSize: sequences * length, batchSize: batch, threads: { ideal: threads, min: threads },
                flashAttention: "auto", ignoreMemorySafetyChecks: true,
            });
            context._ctx.setThreads(threads);
            this.#contexts.set(key, context._ctx);
        }
        return this.#contexts.get(key);
    }

    /** One llama_decode: `parts` are { sequence, position, tokens, outputs }, outputs the indexes whose logits are wanted. */
    async decode(context, parts) {
        context.initBatch(parts.reduce((sum, part) => sum + part.tokens.length, 0));
        const rows = parts.map(part => context.addToBatch(
            part.sequence, part.position, Uint32Array.from(part.tokens), Uint32Array.from(part.outputs)));
        await context.decodeBatch();
        return rows;
    }
}

/** Token ids that any vocabulary has; what they mean does not matter to the speed. */
export const tokens = (count, seed = 0) => Array.from({ length: count }, (_, i) => 3 + (((i + seed) * 7919) % 200));
