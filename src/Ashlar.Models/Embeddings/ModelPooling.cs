using Ashlar.Models.Gguf;
using Ashlar.Models.HuggingFace;

namespace Ashlar.Models.Embeddings;

/// <summary>What a model's files say of pooling; null where they say nothing.</summary>
internal static class ModelPooling
{
    /// <summary>The metadata <c>{architecture}.pooling_type</c>.</summary>
    /// <exception cref="InvalidDataException">It is no number, or one that means nothing.</exception>
    public static Pooling? Of(GgufMetadata metadata, string architecture)
    {
        var key = $"{architecture}.pooling_type";
        return metadata.GetInteger(key, 0) switch
        {
            0 or 4 => null, // none; 4 is a reranker's, which has no vector
            1 => Pooling.Mean,
            2 => Pooling.Cls,
            3 => Pooling.Last,
            var type => throw new InvalidDataException($"'{key}' is {type}; it must be from 0 to 4; convert the model again"),
        };
    }

    /// <summary>The file <c>1_Pooling/config.json</c> of sentence-transformers.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    /// <exception cref="NotSupportedException">It asks for another kind of pooling, or for several.</exception>
    public static Pooling? Of(string folder)
    {
        var path = Path.Combine(folder, "1_Pooling", "config.json");
        if (!File.Exists(path)) return null;
        const string Prefix = "pooling_mode_";
        var config = ConfigObject.Read(path);
        string[] modes = ["cls_token", "mean_tokens", "lasttoken", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens"];
        string[] asked = [.. modes.Where(mode => config.Flag(Prefix + mode) is true)];
        return asked switch
        {
            ["cls_token"] => Pooling.Cls,
            ["mean_tokens"] => Pooling.Mean,
            ["lasttoken"] => Pooling.Last,
            _ => throw new NotSupportedException(
                $"'{path}': asks for '{string.Join("' and '", asked.Select(mode => Prefix + mode))}'; supported is one of "
                + "'pooling_mode_cls_token', 'pooling_mode_mean_tokens' and 'pooling_mode_lasttoken'; name a pooling in the request"),
        };
    }
}
