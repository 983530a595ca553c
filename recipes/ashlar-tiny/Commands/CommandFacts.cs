using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text;
using Ashlar.Cli;

namespace Ashlar.Tiny.Commands;

/// <summary>
/// Gathers what is true of the program: from its own tree of commands, which the help pages are printed from, from its exit codes,
/// and from README.md.
/// </summary>
internal static class CommandFacts
{
    /// <summary>All facts, in the order of the help pages.</summary>
    /// <param name="readme">The text of README.md.</param>
    public static IReadOnlyList<Fact> Gather(string readme)
    {
        var (root, _) = CommandLine.Create();
        var commands = Commands(root, "ashlar").ToArray();
        List<Fact> facts = [.. commands.SelectMany(command => OfCommand(command.Path, command.Command, commands))];
        facts.AddRange(commands.SelectMany(command => OfOptions(command.Path, command.Command)));
        facts.AddRange(Shared(commands));
        facts.AddRange(OptionFacts.Of(root).Select(option => new Fact("option", [Opt(option.Long)], option.Meaning + ".")));
        facts.AddRange(ExitCodes());
        facts.AddRange(EnvironmentFacts.All());
        facts.AddRange(ReadmeFacts.Of(readme));
        facts.Add(new("commands", [], $"{string.Join(", ", root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}."));
        return facts;
    }

    /// <summary>The commands that do something, with their paths.</summary>
    public static IEnumerable<(string Path, Command Command)> Commands(Command parent, string path)
    {
        foreach (var command in parent.Subcommands.Where(command => !command.Hidden))
        {
            var name = $"{path} {command.Name}";
            if (command.Action is not null) yield return (name, command);
            foreach (var inner in Commands(command, name)) yield return inner;
        }
    }

    /// <summary>The command with the arguments that must be given, as <c>ashlar run MODEL</c>.</summary>
    public static string Call(string path, Command command)
    {
        var required = command.Arguments.Where(argument => !argument.Hidden && argument.Arity.MinimumNumberOfValues > 0);
        return string.Join(' ', required.Select(argument => argument.Name).Prepend(path));
    }

    private static IEnumerable<Fact> OfCommand(string path, Command command, (string Path, Command Command)[] all)
    {
        var words = new[] { ("cmd", path) };
        var meaning = command.Description ?? "";
        yield return new("purpose", words, meaning);
        var gist = Gist(meaning);
        var isKnownByIt = all.Count(other => Gist(other.Command.Description ?? "") == gist) == 1;
        yield return new("command", [("task", Lower(isKnownByIt ? gist : meaning.TrimEnd('.')))], Call(path, command));
        yield return new("usage", words, Usage(path, command));
        foreach (var argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            yield return new("argument", [("arg", argument.Name), ("cmd", path)], argument.Description + ".");
        }

        var required = OptionFacts.Of(command).Where(option => option.IsRequired).Select(option => option.Long).ToArray();
        if (required.Length > 0) yield return new("required", words, $"{string.Join(" and ", required)}.");
    }

    private static IEnumerable<Fact> OfOptions(string path, Command command)
    {
        var options = OptionFacts.Of(command).ToArray();
        foreach (var option in options)
        {
            (string, string)[] words = [Opt(option.Long), ("cmd", path)];
            yield return new("option-of", words, option.Meaning + ".");
            var gist = Gist(option.Meaning);
            if (options.Count(other => Gist(other.Meaning) == gist) > 1) gist = option.Meaning;
            yield return new("which-option", [("task", Lower(gist)), ("cmd", path)], option.Long);
            var call = string.Join(' ', options.Where(other => other.IsRequired && other.Long != option.Long)
                .Select(other => other.Written).Prepend(Call(path, command)).Append(option.Written));
            yield return new("how-option", [("topic", option.Topic), ("cmd", path)], call);
            if (option.Default is { } value) yield return new("default", words, value);
            if (option.Short is { } letter)
            {
                yield return new("short", words, letter);
                yield return new("long", [Opt(letter), ("cmd", path)], option.Long);
            }

            if (option.Other is { } other_) yield return new("other-name", words, other_);
        }
    }

    // Of an option by itself, where it means one thing whatever the command.
    private static IEnumerable<Fact> Shared((string Path, Command Command)[] commands)
    {
        var all = commands.SelectMany(command => OptionFacts.Of(command.Command).Select(option => (command.Path, Option: option)));
        foreach (var group in all.GroupBy(one => one.Option.Long))
        {
            var options = group.ToArray();
            if (options.Select(one => one.Option.Meaning).Distinct().Count() == 1)
            {
                yield return new("option", [Opt(group.Key)], options[0].Option.Meaning + ".");
            }

            if (options.Length == 1) yield return new("whose-option", [Opt(group.Key)], options[0].Path);
        }
    }

    private static IEnumerable<Fact> ExitCodes()
    {
        foreach (var field in typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral))
        {
            var number = Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)!;
            var name = Spaced(field.Name);
            yield return new("exit-meaning", [("code", number)], $"{name}.");
            yield return new("exit-code", [("state", name)], number);
        }
    }

    private static string Usage(string path, Command command)
    {
        var arguments = command.Arguments.Where(argument => !argument.Hidden).Select(argument =>
        {
            var name = argument.Arity.MaximumNumberOfValues > 1 ? argument.Name + "..." : argument.Name;
            return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
        });
        var options = OptionFacts.Of(command).Where(option => option.IsRequired).Select(option => option.Written);
        return string.Join(' ', arguments.Concat(options).Append("[options]").Prepend(path));
    }

    // What stands before the first comma, semicolon or colon says it in short.
    private static string Gist(string meaning)
    {
        var end = meaning.AsSpan().IndexOfAny(";:,");
        return (end > 12 ? meaning[..end] : meaning).TrimEnd('.');
    }

    private static string Lower(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    private static string Spaced(string name)
    {
        var text = new StringBuilder();
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0) text.Append(' ');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    private static (string, string) Opt(string name) => ("opt", name);
}
