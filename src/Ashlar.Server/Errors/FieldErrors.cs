namespace Ashlar.Server.Errors;

/// <summary>The ways in which a field of a request can be wrong.</summary>
internal static class FieldErrors
{
    public static ApiException Missing(string param, string expected) => Wrong(
        param, "missing_required_parameter", $"'{param}' is missing; it must be {expected}");

    public static ApiException WrongType(string param, string actual, string expected) => Wrong(
        param, "invalid_type", $"'{param}' is {actual}; it must be {expected}");

    public static ApiException WrongValue(string param, string actual, string expected) => Wrong(
        param, "invalid_value", $"'{param}' is {actual}; it must be {expected}");

    public static ApiException Empty(string param, string expected) => Wrong(
        param, "empty_array", $"'{param}' is an empty array; it must be {expected}");

    public static ApiException TooMany(string param, int count, string expected) => Wrong(
        param, "array_above_max_length", $"'{param}' has {count} values; it must be {expected}");

    public static ApiException Unsupported(string param, string mend) => Wrong(
        param, "unsupported_parameter", $"'{param}' is not supported by this server; {mend}");

    public static ApiException Unknown(string param) => Wrong(
        param, "unknown_parameter", $"this server does not know '{param}'; check its spelling, or leave it out");

    public static ApiException Wrong(string param, string code, string message) => new(ApiError.Field(param, code, message));
}
