using System.Text;
using Ashlar.Engine;
using Ashlar.Server.Errors;
using Ashlar.Server.Json;
using Microsoft.AspNetCore.Http;

namespace Ashlar.Server.Catalog;

/// <summary>
/// <c>/v1/load_lora_adapter</c> and <c>/v1/unload_lora_adapter</c>, as vLLM has them: adapters that come and go while requests run.
/// Files are read from one folder alone, and only where whoever started the server has named it.
/// </summary>
internal sealed class AdapterEndpoints(ModelCatalog catalog, string? folder)
{
    private readonly AdapterFolder? _folder = folder is null ? null : new(folder);

    /// <summary>Loads an adapter; <c>model</c> says for which model, where there are several.</summary>
    public async Task LoadAsync(HttpContext context)
    {
        const string Name = "lora_name", Where = "lora_path";
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var name = fields.Text(Name) ?? throw FieldErrors.Missing(Name, "the name that requests will call it by");
        var path = fields.Text(Where) ?? throw FieldErrors.Missing(Where, "a path in the folder that adapters are loaded from");
        var replaces = fields.Boolean("load_inplace") ?? false;
        var files = _folder ?? throw new ApiException(new(
            403,
            ApiError.InvalidRequest,
            "adapter_loading_disabled",
            "requests may load no adapters here; start the server with --lora-dir FOLDER to let them load those that lie in it"));
        var real = files.Resolve(path);
        var model = (await catalog.ChooseAsync(context, fields).ConfigureAwait(false)).WithoutAdapter();
        fields.RefuseUnread();
        try
        {
            await catalog.LoadAsync(model, new(name, real), replaces, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception error) when (error is AdapterRefusedException or InvalidDataException or NotSupportedException
            or IOException or UnauthorizedAccessException)
        {
            // What clients may know of the machine is what they have said themselves.
            var message = error.Message.Replace(real, path, StringComparison.Ordinal);
            throw new ApiException(error is AdapterRefusedException
                ? ApiError.Field(null, "adapter_refused", message)
                : ApiError.Field(Where, "adapter_invalid", message), error);
        }

        await TellAsync(context, $"Success: LoRA adapter '{name}' added successfully.").ConfigureAwait(false);
    }

    /// <summary>Unloads an adapter: its name is gone at once, and the answer comes when the last of its requests has ended.</summary>
    public async Task UnloadAsync(HttpContext context)
    {
        const string Name = "lora_name";
        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
        var fields = new RequestFields(body.RootElement);
        var name = fields.Text(Name) ?? throw FieldErrors.Missing(Name, "the name of an adapter");
        fields.Integer("lora_int_id", int.MinValue, int.MaxValue); // a number that vLLM gives; the name says it all
        var model = fields.Text("model");
        fields.RefuseUnread();
        var adapted = catalog.Find(name, Name);
        if (adapted.Adapter is null) throw FieldErrors.WrongValue(Name, $"the name of a model, '{name}'", "that of an adapter");
        if (model is not null && model != adapted.Parent)
        {
            throw FieldErrors.WrongValue("model", $"'{model}', and '{name}' is an adapter of '{adapted.Parent}'", "that, or absent");
        }

        if (catalog.Pool.TryAcquire(adapted.Slot) is { } lease)
        {
            using (lease) await lease.Model.Engine.UnloadAdapterAsync(name, context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            adapted.Slot.Forget(name);
        }

        await TellAsync(context, $"Success: LoRA adapter '{name}' removed successfully.").ConfigureAwait(false);
    }

    private static Task TellAsync(HttpContext context, string text) => JsonOutput.WriteAsync(
        context, 200, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text), context.RequestAborted);
}
