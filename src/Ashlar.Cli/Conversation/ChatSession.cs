using System.Text;
using Ashlar.Cli.Streams;
using Ashlar.Engine;
using Microsoft.Extensions.AI;

namespace Ashlar.Cli.Conversation;

/// <summary>A conversation: lines from standard input, answers to standard output, everything else to standard error.</summary>
internal sealed class ChatSession(AshlarChatClient client, SamplingOptions sampling, int? maxTokens)
{
    private const string Help = "/clear forgets what was said, /system TEXT gives instructions, /exit ends.";
    private const string Prompt = "> ";

    private readonly List<ChatMessage> _messages = [];
    private readonly bool _isTerminal = !Console.IsInputRedirected && StandardError.IsTerminal;

    /// <summary>Instructions that go before the conversation.</summary>
    public string? System { get; set; }

    /// <summary>Talks until the input ends, or <c>/exit</c>.</summary>
    public async Task RunAsync()
    {
        if (_isTerminal) StandardError.WriteLine(Help);
        var lines = StandardInput.Lines();
        while (ReadLine(lines) is { } line && line.Trim() != "/exit")
        {
            if (line.StartsWith('/')) Obey(line.TrimEnd());
            else if (!string.IsNullOrWhiteSpace(line)) await AnswerAsync(line).ConfigureAwait(false);
        }
    }

    private string? ReadLine(TextReader lines)
    {
        if (!_isTerminal) return lines.ReadLine();

        using var hint = Interrupts.Take().Register(() => Console.Error.Write($"\nCtrl-C again, or /exit, ends\n{Prompt}"));
        Console.Error.Write(Prompt);
        return lines.ReadLine();
    }

    private void Obey(string line)
    {
        if (line == "/clear")
        {
            _messages.Clear();
        }
        else if (line == "/system" || line.StartsWith("/system ", StringComparison.Ordinal))
        {
            System = line["/system".Length..].Trim() is { Length: > 0 } text ? text : null;
        }
        else
        {
            StandardError.WriteLine($"'{line.Split(' ')[0]}' is no command; {Help}");
        }
    }

    private async Task AnswerAsync(string line)
    {
        _messages.Add(new ChatMessage(ChatRole.User, line));
        var answer = new StringBuilder();
        var isThinking = false;
        var interrupt = Interrupts.Take();
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(_messages, Options(), interrupt).ConfigureAwait(false))
            {
                foreach (var thought in update.Contents.OfType<TextReasoningContent>())
                {
                    StandardError.Aside(thought.Text);
                    isThinking = true;
                }

                if (isThinking && update.Text.Length > 0)
                {
                    StandardError.Aside("\n\n");
                    isThinking = false;
                }

                answer.Append(update.Text);
                if (update.Text.Length > 0) StandardOutput.WriteThrough(update.Text);
                if (update.FinishReason == ChatFinishReason.Length && maxTokens is null)
                {
                    StandardError.WriteLine("\n(the context is full: /clear begins anew)");
                }
            }
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            // What was said until then stays said.
        }
        catch (ArgumentException error) when (_isTerminal)
        {
            _messages.RemoveAt(_messages.Count - 1);
            StandardError.WriteLine(error.Message);
            return;
        }

        StandardOutput.WriteThrough("\n");
        _messages.Add(new ChatMessage(ChatRole.Assistant, answer.ToString()));
    }

    private ChatOptions Options() => new()
    {
        Instructions = System,
        MaxOutputTokens = maxTokens,
        Temperature = sampling.Temperature,
        TopP = sampling.TopP,
        TopK = sampling.TopK,
        FrequencyPenalty = sampling.FrequencyPenalty,
        PresencePenalty = sampling.PresencePenalty,
        Seed = sampling.Seed,
        AdditionalProperties = new()
        {
            ["min_p"] = sampling.MinP,
            ["typical_p"] = sampling.TypicalP,
            ["repetition_penalty"] = sampling.RepetitionPenalty,
        },
    };
}
