using System.Text.Json;
using System.Text.Json.Nodes;
using Ashlar.Engine.Dialects;
using Ashlar.Models.Templates;
using Ashlar.Tiny.Corpus;
using Ashlar.Tiny.Drawing;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Tests;

public class ToolTests
{
    private const int Count = 1500;
    private const ulong Seed = 20261125;

    private static readonly ChatPromptTemplate Template = new(ChatTemplate.Parse(File.ReadAllText(CorpusWriter.TemplatePath)));

    private static IEnumerable<ToolTalk> Talks(bool heldOut) => Enumerable.Range(0,
        Count).Select(i => ToolTalk.Create(Draw.Of(Seed, "tools", i), heldOut));

    [Fact]
    public void The_template_is_of_the_dialect_that_the_calls_are_written_in_and_shows_tools()
    {
        Assert.Equal("hermes", Template.Dialect.Name);
        Assert.True(Template.Dialect.RendersTools);
    }

    [Fact]
    public void What_is_trained_on_is_what_the_template_writes_for_a_server()
    {
        foreach (var talk in Talks(heldOut: false).Take(200))
        {
            var plain = new JsonArray([.. Parts.ToMessages(talk).Select(Json)]);
            var messages = new JsonArray(Json(Message.User(talk.Request)));
            if (talk.Call is null) messages.Add(Json(Message.Assistant(talk.Answer!)));
            else
            {
                var call = new JsonObject
                {
                    ["name"] = (string?)talk.Call["name"],
                    ["arguments"] = talk.Call["arguments"]!.ToJsonString()
                };
                messages.Add((JsonNode)new JsonObject
                {
                    ["role"] = "assistant",
                    ["content"] = null,
                    ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = "1", ["type"] = "function", ["function"] = call }),
                });
            }

            if (talk.Result is not null)
            {
                messages.Add((JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = "1", ["content"] = talk.Result });
                messages.Add(Json(Message.Assistant(talk.Reply!)));
            }

            var served = Template.Render(messages, [.. talk.Tools.Select(tool => tool.ToChatTool())]);
            Assert.Equal(Template.Render(plain, []), served);
            Assert.EndsWith("<|im_end|>\n<|im_start|>assistant\n", served, StringComparison.Ordinal);
        }

        static JsonNode Json(Message message) => new JsonObject { ["role"] = message.Role, ["content"] = message.Content };
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_check_takes_what_the_generator_says(bool heldOut)
    {
        foreach (var talk in Talks(heldOut)) Assert.Equal(new CallVerdict(true, true), CallCheck.Judge(Template.Dialect, talk,
            talk.Expected));
    }

    [Fact]
    public void The_check_refuses_calls_that_were_changed()
    {
        foreach (var talk in Talks(heldOut: true))
        {
            if (talk.Call is not { } call)
            {
                var any = talk.Tools[0].Call([.. talk.Tools[0].Kind.Parameters.Select(_ => (JsonNode)"x")]);
                Assert.False(CallCheck.Judge(Template.Dialect, talk, Text(any)).IsValid);
                continue;
            }

            var arguments = call["arguments"]!.AsObject();
            var first = arguments.First();
            JsonNode other = first.Value!.GetValueKind() == JsonValueKind.String ? "other" : 12345;
            var isSwitch = first.Value.GetValueKind() is JsonValueKind.True or JsonValueKind.False;
            if (!isSwitch) Assert.Equal(new(true, false), Judge(Changed(first.Key, other)));
            Assert.Equal(new(false, false), Judge(Changed(first.Key, new JsonArray())));
            Assert.Equal(new(false, false), Judge(Changed("another", 1)));
            Assert.Equal(new(false, false), Judge(Changed(first.Key, null)));
            Assert.Equal(new(false, false), Judge(new JsonObject
            {
                ["name"] = "unknown",
                ["arguments"] = arguments.DeepClone()
            }));
            Assert.Equal(new(false, false), CallCheck.Judge(Template.Dialect, talk, talk.Expected[..^15]));
            Assert.Equal(new(false, false), CallCheck.Judge(Template.Dialect, talk, ToolTalk.NoTool));

            CallVerdict Judge(JsonObject changed) => CallCheck.Judge(Template.Dialect, talk, Text(changed));

            JsonObject Changed(string name, JsonNode? value)
            {
                var copy = arguments.DeepClone().AsObject();
                if (value is null) copy.Remove(name);
                else copy[name] = value.DeepClone();
                return new() { ["name"] = (string?)call["name"], ["arguments"] = copy };
            }
        }

        static string Text(JsonObject call) => $"<tool_call>\n{JsonText.Of(call)}\n</tool_call>";
    }

    [Fact]
    public void Held_out_requests_are_never_trained_on()
    {
        var trained = ToolKinds.All.SelectMany(kind => kind.Trained.Concat(kind.Deeds)).ToHashSet();
        Assert.DoesNotContain(ToolKinds.All.SelectMany(kind => kind.HeldOut), trained.Contains);
        var said = Enumerable.Range(0, 30_000).Select(i => ToolTalk.Create(Draw.Of(Seed, "trained", i),
            heldOut: false)).Where(talk => talk.Call is not null)
            .Select(talk => talk.Request).ToHashSet();
        Assert.DoesNotContain(Talks(heldOut: true).Where(talk => talk.Call is not null).Select(talk => talk.Request),
            said.Contains);
    }

    [Fact]
    public void No_deed_in_any_frame_is_a_request_that_is_held_out()
    {
        var draw = new Draw(Seed);
        foreach (var kind in ToolKinds.All)
        {
            (string, string)[] places = [.. kind.Parameters.Select(parameter => (parameter.Slot, $"<{parameter.Slot}>"))];
            var heldOut = kind.HeldOut.Select(form => Phrase.Say(draw, form, places)).ToHashSet(StringComparer.OrdinalIgnoreCase);
            foreach (var (frame, deed) in ToolTalk.Frames.SelectMany(frame => kind.Deeds.Select(deed => (frame, deed))))
            {
                for (var i = 0; i < 20; i++)
                {
                    var said = Phrase.Say(draw, frame.Replace("{deed}", deed, StringComparison.Ordinal), places);
                    Assert.DoesNotContain(said, heldOut);
                }
            }
        }
    }
}
