using System.Text;
using System.Text.Json.Nodes;
using Ashlar.Engine;
using Ashlar.Engine.Dialects;
using Ashlar.Models;
using Ashlar.Tiny.Commands;
using Ashlar.Tiny.Corpus;
using Ashlar.Tiny.Sums;
using Ashlar.Tiny.Tools;

namespace Ashlar.Tiny.Judging;

/// <summary>Asks a model what was held out, at temperature 0, and judges each answer by its part's own check.</summary>
internal sealed class Judge : IDisposable
{
    private const int AtOnce = 32;
    private const int MostTokens = 384;

    private readonly LanguageModel _model;
    private readonly InferenceEngine _engine;
    private readonly ChatPromptTemplate _template;

    /// <summary>Opens a model that has a chat template.</summary>
    public Judge(string path)
    {
        _model = LanguageModel.Load(path);
        try
        {
            _template = new(_model.ChatTemplate
                ?? throw new InvalidDataException($"model '{path}' has no chat template; make it by the recipe"));
            _engine = new(_model, new EngineOptions { MaxSequences = AtOnce });
        }
        catch
        {
            _model.Dispose();
            throw;
        }
    }

    /// <summary>Asks everything and judges the answers, in the order of the questions.</summary>
    public async Task<IReadOnlyList<Verdict>> AskAsync(IEnumerable<HeldOutQuestion> questions, CancellationToken cancellation = default)
    {
        using var free = new SemaphoreSlim(AtOnce);
        return await Task.WhenAll(questions.Select(async question =>
        {
            await free.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                return Check(question, await AnswerAsync(question, cancellation).ConfigureAwait(false));
            }
            finally
            {
                free.Release();
            }
        })).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _model.Dispose();
    }

    /// <summary>Judges one answer.</summary>
    internal Verdict Check(HeldOutQuestion question, string answer)
    {
        if (question.Talk is { } talk)
        {
            var (isValid, right) = CallCheck.Judge(_template.Dialect, talk, answer);
            return new(question, answer, isValid, right);
        }

        if (question.Sum is { } sum)
        {
            var isRight = SumTexts.IsRight(sum.Result, answer);
            return new(question, answer, isRight, isRight);
        }

        if (question.Part == "stories")
        {
            var isStory = answer.Length > 200 && answer.TrimEnd()[^1] is '.' or '"' or '!';
            return new(question, answer, isStory, isStory);
        }

        var isSame = AnswerCheck.IsRight(question.Expected, answer);
        return new(question, answer, isSame, isSame);
    }

    private async Task<string> AnswerAsync(HeldOutQuestion question, CancellationToken cancellation)
    {
        var tools = question.Talk?.Tools.Select(tool => tool.ToChatTool()).ToArray() ?? [];
        var messages = new JsonArray([.. question.Messages.Where(message => question.Talk is null || message.Role != "system")
            .Select(message => (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]);
        var prompt = _template.Render(messages, tools);
        var tokenizer = _model.Tokenizer ?? throw new InvalidDataException($"the model has no tokenizer: {_model.TokenizerProblem}");
        var request = new GenerationRequest
        {
            PromptTokens = tokenizer.Encode(prompt, addSpecial: false, parseSpecial: true),
            MaxTokens = MostTokens,
            Sampling = SamplingOptions.Default with { Temperature = 0 },
        };
        var text = new StringBuilder();
        await foreach (var update in _engine.GenerateAsync(request, cancellation).ConfigureAwait(false)) text.Append(update.Text);
        return text.ToString().Trim();
    }
}
