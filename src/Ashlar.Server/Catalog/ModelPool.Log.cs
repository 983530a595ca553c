using Microsoft.Extensions.Logging;

namespace Ashlar.Server.Catalog;

/// <summary>What is logged of models that come and go.</summary>
internal static partial class ModelPoolLog
{
    [LoggerMessage(10, LogLevel.Information, "model '{Model}' is loaded, in {Seconds:F1} s")]
    public static partial void Loaded(this ILogger logger, string model, double seconds);

    [LoggerMessage(11, LogLevel.Information, "model '{Model}' is unloaded")]
    public static partial void Unloaded(this ILogger logger, string model);

    [LoggerMessage(12, LogLevel.Error, "model '{Model}' cannot be loaded")]
    public static partial void LoadFailed(this ILogger logger, Exception exception, string model);

    [LoggerMessage(13, LogLevel.Error, "adapter '{Adapter}' of model '{Model}' cannot be loaded any more")]
    public static partial void AdapterFailed(this ILogger logger, Exception exception, string adapter, string model);

    [LoggerMessage(14, LogLevel.Error, "model '{Model}' did not end well")]
    public static partial void UnloadFailed(this ILogger logger, Exception exception, string model);
}
