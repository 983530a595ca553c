using Ashlar.Cli.Tests.Running;

namespace Ashlar.Cli.Tests.Training;

public class FinetuneTests
{
    private const string Template = "{% for m in messages %}[{{ m.role }}]{{ m.content }}"
        + "{% if m.role == 'assistant' %}<|end|>{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

    [Fact]
    public async Task An_adapter_learns_answers_and_is_merged_into_a_model_that_gives_them()
    {
        using var folder = await TrainedFolder.Create();
        string[] settings = ["--set", "output.type=f16", "--set", "optimizer.rate=2e-2", "--set", "steps=120"];
        (await AshlarProcess.Run(["train", folder.Recipe, .. settings])).Succeeded();
        var model = folder.File("runs/tiny/tiny.gguf");
        var data = folder.Write("chat.jsonl", """
            {"messages": [{"role": "user", "content": "1"}, {"role": "assistant", "content": " stones"}]}
            {"messages": [{"role": "user", "content": "2"}, {"role": "assistant", "content": " stones"}]}
            """);
        var template = folder.Write("t.jinja", Template);
        string[] arguments = ["finetune", model, data, "--template", template, "--length", "32", "--rows", "2", "--steps", "60",
            "--rate", "1e-2", "--rank", "16"];
        (await AshlarProcess.Run([.. arguments, "-o", folder.File("adapted")])).Succeeded();
        Assert.True(File.Exists(folder.File("adapted/adapter.gguf")));

        (await AshlarProcess.Run([.. arguments, "-o", folder.File("merged"), "--merge", "--type", "q8_0"])).Succeeded();
        var said = await AshlarProcess.Run(
            ["chat", folder.File("merged/model.gguf"), "--temp", "0", "-n", "8"], "1"u8.ToArray());
        Assert.Equal("stones", said.Done().Text.Trim());
    }

    [Fact]
    public async Task Preferences_are_learnt_from_pairs()
    {
        using var folder = await TrainedFolder.Create();
        (await AshlarProcess.Run("train", folder.Recipe, "--set", "steps=4")).Succeeded();
        var data = folder.Write("pairs.jsonl", """
            {"prompt": "1", "chosen": "stones", "rejected": "lie"}
            {"prompt": "2", "chosen": "stones", "rejected": "lie"}
            """);
        var outcome = await AshlarProcess.Run("finetune", folder.File("runs/tiny/tiny.gguf"), data, "--dpo", "--template",
            folder.Write("t.jinja", Template), "--length", "32", "--steps", "16", "--rate", "2e-2", "-o", folder.File("dpo"),
                "--json");
        var losses = outcome.Succeeded().Text.Split('\n').Where(line => line.Contains("\"step\"", StringComparison.Ordinal))
            .Select(line => (double)System.Text.Json.Nodes.JsonNode.Parse(line)!["loss"]!).ToArray();
        Assert.Equal(Math.Log(2), losses[0], 1e-3);
        Assert.True(losses[^1] < 0.67, $"the loss is {losses[^1]}");
    }

    [Fact]
    public async Task Wrong_arguments_and_bad_samples_are_named()
    {
        using var folder = await TrainedFolder.Create();
        (await AshlarProcess.Run("train", folder.Recipe, "--set", "steps=1")).Succeeded();
        var model = folder.File("runs/tiny/tiny.gguf");
        var data = folder.Write("bad.jsonl", "{\"text\": \"a stone\"}\n{\"text\": 3}\n");
        (await AshlarProcess.Run("finetune", model, data, "--steps", "1")).Failed(1, "bad.jsonl", "line 2");
        (await AshlarProcess.Run("finetune", model, data, "--full", "--rank", "4")).Failed(2, "--rank");
        (await AshlarProcess.Run("finetune", model, data, "--type", "q9")).Failed(2, "q9");
        (await AshlarProcess.Run("finetune", model, folder.File("none.jsonl"))).Failed(1, "none.jsonl");
    }
}
