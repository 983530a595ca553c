namespace Ashlar.Server.Errors;

/// <summary>Ends a request with an error that the client is told.</summary>
internal sealed class ApiException(ApiError error, Exception? cause = null) : Exception(error.Message, cause)
{
    public ApiError Error => error;
}
