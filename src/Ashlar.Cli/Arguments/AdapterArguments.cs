using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Ashlar.Engine;
using Ashlar.Server;

namespace Ashlar.Cli.Arguments;

/// <summary>The options of <c>serve</c> that say which adapters there are, and how many there may be.</summary>
internal sealed class AdapterArguments
{
    private const string Modules = "--lora-modules";
    private const int SpareForFolder = 4; // places that a folder brings where nobody says how many

    private readonly Option<int?> _count = NumberOption.Create<int>(
        ["--max-loras"], "from 0 to 1024", count => count is >= 0 and <= 1024,
        $"LoRA adapters that a model may have at a time [default: those given, and {SpareForFolder} more with --lora-dir]");

    private readonly Option<int?> _rank = NumberOption.Create<int>(
        ["--max-lora-rank"], "from 1 to 512", rank => rank is >= 1 and <= 512, "The largest rank of an adapter [default: 16]");

    private readonly Option<AdapterModule[]> _modules = new(Modules)
    {
        Description = "LoRA adapters, each NAME=PATH or {\"name\", \"path\", \"base_model_name\"}; requests name them as models",
        HelpName = "NAME=PATH",
        AllowMultipleArgumentsPerToken = true,
        CustomParser = ReadModules,
    };

    private readonly Option<string?> _folder = new("--lora-dir")
    {
        Description = "A folder whose adapters requests may load, by /v1/load_lora_adapter [default: none]",
        HelpName = "FOLDER",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_count, _rank, _modules, _folder]) command.Add(option);
    }

    /// <summary>The folder that requests may load from; null for none.</summary>
    /// <exception cref="UsageException">There is no such folder.</exception>
    public string? Folder(ParseResult arguments)
    {
        if (arguments.GetValue(_folder) is not { } folder || Directory.Exists(folder)) return arguments.GetValue(_folder);
        throw new UsageException($"--lora-dir is '{folder}', and there is no such folder");
    }

    /// <summary>Engine options with room for what was asked for.</summary>
    /// <param name="arguments">What was given.</param>
    /// <param name="unset">The options as they are otherwise.</param>
    /// <param name="given">Adapters that were given for the model.</param>
    public EngineOptions Read(ParseResult arguments, EngineOptions unset, int given) => unset with
    {
        MaxAdapters = arguments.GetValue(_count) ?? given + (arguments.GetValue(_folder) is null ? 0 : SpareForFolder),
        MaxAdapterRank = arguments.GetValue(_rank) ?? unset.MaxAdapterRank,
    };

    /// <summary>The adapters that were given, by the names of their models.</summary>
    /// <exception cref="UsageException">An adapter's model is not served, or nothing says which it is.</exception>
    public ILookup<string, ServedAdapter> Read(ParseResult arguments, IReadOnlyList<string> models)
    {
        return (arguments.GetValue(_modules) ?? []).ToLookup(ModelOf, module => new ServedAdapter(module.Name, module.Path));

        string ModelOf(AdapterModule module)
        {
            var known = string.Join(", ", models.Select(model => $"'{model}'"));
            if (module.Model is null && models.Count == 1) return models[0];
            if (module.Model is null)
            {
                throw new UsageException($"{Modules}: '{module.Name}' may be for any of {known}; "
                    + "write it as {\"name\": ..., \"path\": ..., \"base_model_name\": ...}");
            }

            return models.Contains(module.Model) ? module.Model : throw new UsageException(
                $"{Modules}: '{module.Name}' is for '{module.Model}', which is not served; there is {known}");
        }
    }

    private static AdapterModule[] ReadModules(ArgumentResult result)
    {
        var modules = new List<AdapterModule>();
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            if ((text.StartsWith('{') ? FromJson(text) : FromPair(text)) is { } module) modules.Add(module);
            else result.AddError($"{Modules} has '{text}'; give NAME=PATH or {{\"name\": ..., \"path\": ...}}, and models before it");
        }

        return [.. modules];
    }

    private static AdapterModule? FromPair(string text) =>
        text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } path] ? new(name, path, null) : null;

    private static AdapterModule? FromJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            string? name = null, path = null, model = null;
            foreach (var property in json.RootElement.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "name":
                        name = property.Value.GetString();
                        break;
                    case "path":
                        path = property.Value.GetString();
                        break;
                    case "base_model_name":
                        model = property.Value.GetString();
                        break;
                    default:
                        return null;
                }
            }

            return name is { Length: > 0 } && path is { Length: > 0 } ? new(name, path, model) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <param name="Name">What requests call it.</param>
    /// <param name="Path">Where it lies.</param>
    /// <param name="Model">The name of the model that it is for; null where there is but one.</param>
    private sealed record AdapterModule(string Name, string Path, string? Model);
}
