// OpenAI's own client for Node, as a user would write it, against a server: node check.mjs BASE_URL MODEL
// The last line counts: N passed, N failed.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'unused', maxRetries: 0 });
const messages = [{ role: 'user', content: 'Once upon' }];
const limits = { temperature: 0, max_tokens: 12 };

const checks = {
  async 'the models are listed'() {
    const ids = [];
    for await (const entry of client.models.list()) ids.push(entry.id);
    assert.deepEqual(ids, [model]);
    assert.equal((await client.models.retrieve(model)).id, model);
  },

  async 'chat answers, streamed or not, with one text'() {
    const whole = await client.chat.completions.create({ model, messages, ...limits });
    const stream = await client.chat.completions.create(
      { model, messages, ...limits, stream: true, stream_options: { include_usage: true } });
    let text = '', usage;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }

    assert.equal(text, whole.choices[0].message.content);
    assert.equal(usage.completion_tokens, 12);
    assert.equal(whole.choices[0].finish_reason, 'length');
  },

  async 'chat takes tools and a history of calls'() {
    const tools = [{ type: 'function', function: { name: 'now', description: 'The time.', parameters: { type: 'object', properties: {} } } }];
    const history = [
      ...messages,
      { role: 'assistant', content: null, tool_calls: [{ id: 'call00001', type: 'function', function: { name: 'now', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'call00001', content: 'noon' },
    ];
    const whole = await client.chat.completions.create({ model, messages: history, tools, ...limits });
    assert.equal(whole.usage.completion_tokens > 0, true);
  },

  async 'chat tells log probabilities'() {
    const whole = await client.chat.completions.create({ model, messages, ...limits, logprobs: true, top_logprobs: 2 });
    assert.equal(whole.choices[0].logprobs.content.length, 12);
    assert.equal(whole.choices[0].logprobs.content[0].top_logprobs.length, 2);
  },

  async 'several choices of a completion have their own texts'() {
    const whole = await client.completions.create({ model, prompt: 'Once upon', max_tokens: 8, temperature: 1.5, seed: 1, n: 3 });
    assert.equal(new Set(whole.choices.map(choice => choice.text)).size, 3);
  },

  async 'responses answer, streamed or not, and are gone on from'() {
    const whole = await client.responses.create({ model, input: 'Once upon', temperature: 0, max_output_tokens: 12 });
    assert.match(whole.output_text, /^ a time/);
    const stream = await client.responses.create({ model, input: 'Once upon', temperature: 0, max_output_tokens: 12, stream: true });
    let text = '', last;
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      last = event;
    }

    assert.equal(text, whole.output_text);
    assert.equal(last.type, 'response.incomplete');
    const next = await client.responses.create({ model, input: ' and', previous_response_id: whole.id, max_output_tokens: 4 });
    assert.equal((await client.responses.retrieve(next.id)).output_text ?? next.output_text, next.output_text);
    await client.responses.delete(next.id);
    await assert.rejects(client.responses.retrieve(next.id), OpenAI.NotFoundError);
  },

  async 'the stream of a response is gathered by the client itself'() {
    const stream = client.responses.stream({ model, input: 'Once upon', temperature: 0, max_output_tokens: 12 });
    for await (const event of stream) assert.equal(typeof event.sequence_number, 'number');
    assert.match((await stream.finalResponse()).output[0].content[0].text, /^ a time/);
  },

  async 'errors are of their kind'() {
    await assert.rejects(client.chat.completions.create({ model, messages, temperature: 3 }), OpenAI.BadRequestError);
    await assert.rejects(client.chat.completions.create({ model: 'none', messages }), OpenAI.NotFoundError);
  },
};

let [passed, failed] = [0, 0];
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    passed++;
    console.log(`passed: ${name}`);
  } catch (error) {
    failed++;
    console.log(`failed: ${name}\n${error.stack}`);
  }
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
