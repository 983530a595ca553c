using System.Diagnostics;
using System.Text.RegularExpressions;
using Ashlar.Tiny.Commands;

namespace Ashlar.Tiny.Tests;

/// <summary>What is asked of the program is true of the program that was built: of its own help pages and exit codes.</summary>
public class FactTests
{
    private static readonly Lazy<IReadOnlyList<Fact>> Facts = new(TinyCommands.FactsNow);

    [Fact]
    public async Task What_is_said_of_commands_and_options_stands_on_the_help_pages()
    {
        var pages = new Dictionary<string, string>();
        foreach (var path in Facts.Value.Where(fact => fact.Kind == "usage").Select(fact => Word(fact, "cmd")))
        {
            pages[path] = Regex.Replace((await Run([.. path.Split(' ')[1..], "--help"])).Output, @"\s+", " ");
        }

        Assert.True(pages.Count >= 11);
        foreach (var fact in Facts.Value.Where(fact => fact.Words.Any(word => word.Name == "cmd")))
        {
            var page = pages[Word(fact, "cmd")];
            var wanted = fact.Kind switch
            {
                "purpose" => "Description: " + fact.Answer,
                "argument" => $"<{Word(fact, "arg")}> {fact.Answer.TrimEnd('.')}",
                "default" => $"[default: {fact.Answer}]",
                "short" => $"{fact.Answer}, {Word(fact, "opt")}",
                "long" => $"{Word(fact, "opt")}, {fact.Answer}",
                "option-of" => fact.Answer.TrimEnd('.'),
                "usage" => fact.Answer.Split(' ')[^2] is var last && last.StartsWith("ashlar",
                StringComparison.Ordinal) ? last : "Usage: " + Word(fact, "cmd"),
                "required" => "(REQUIRED)",
                _ => fact.Answer.StartsWith("--", StringComparison.Ordinal) ? fact.Answer : "Options:",
            };
            Assert.Contains(wanted, page, StringComparison.Ordinal);
            foreach (var option in Regex.Matches(fact.Answer + " " + Words(fact),
                "(?<= |^)--[a-z-]+").Select(match => match.Value))
            {
                Assert.True(Regex.IsMatch(page, $"{option}[ ,]"), $"{option} of {fact}");
            }
        }
    }

    [Theory]
    [InlineData("done", "doctor", "--json")]
    [InlineData("failed", "run", "/no/such/model.gguf", "x")]
    [InlineData("wrong usage", "frobnicate")]
    public async Task The_exit_codes_are_those_that_the_program_ends_with(string state, params string[] arguments)
    {
        var fact = Assert.Single(Facts.Value, fact => fact.Kind == "exit-code" && Word(fact, "state") == state);
        Assert.Equal(fact.Answer, $"{(await Run(arguments)).Code}");
    }

    [Fact]
    public void The_environment_variables_are_those_that_the_source_reads()
    {
        var source = string.Concat(Directory.EnumerateFiles(Path.Combine(TinyCommands.Root(), "src"), "*.cs",
            SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}",
                StringComparison.Ordinal))
            .Select(File.ReadAllText));
        Assert.All(EnvironmentFacts.Names, name => Assert.Contains($"\"{name}\"", source, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_of_every_command_is_asked_for()
    {
        var (root, _) = Cli.CommandLine.Create();
        var options = CommandFacts.Commands(root, "ashlar").Sum(command => OptionFacts.Of(command.Command).Count());
        Assert.Equal(options, Facts.Value.Count(fact => fact.Kind == "option-of"));
        Assert.True(options > 80);
        Assert.Contains(Facts.Value, fact => fact is { Kind: "default", Answer: "8000" } && Word(fact, "opt") == "--port");
        Assert.Contains(Facts.Value, fact => fact is { Kind: "about", Answer.Length: > 20 });
    }

    [Fact]
    public void The_model_learned_from_facts_of_which_most_are_true_still()
    {
        var now = Facts.Value.Select(FactFile.Line).ToHashSet();
        var learned = TinyCommands.Facts().Select(FactFile.Line).ToArray();
        var share = (double)learned.Count(now.Contains) / Math.Max(learned.Length, now.Count);
        Assert.True(share > 0.9, $"{share:P0} of what ashlar-tiny says of the program is true: make it anew, as "
            + "recipes/ashlar-tiny/README.md says");
    }

    [Fact]
    public void A_line_that_is_no_fact_is_named()
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, [FactFile.Line(Facts.Value[0]), """{"kind": "usage"}"""]);
        var error = Assert.Throws<InvalidDataException>(() => FactFile.Read(path));
        Assert.StartsWith($"{path}, line 2: ", error.Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    private static string Word(Fact fact, string name) => fact.Words.Single(word => word.Name == name).Value;

    private static string Words(Fact fact) => string.Join(' ',
        fact.Words.Where(word => word.Name == "opt").Select(word => word.Value));

    private static async Task<(int Code, string Output)> Run(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ashlar.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
