namespace Ashlar.Models.Templates;

/// <summary>Why a template could not be parsed or rendered.</summary>
public enum TemplateErrorKind
{
    /// <summary>The source is no valid template, or uses a construct that is not supported.</summary>
    Syntax,

    /// <summary>An operation failed: a wrong type, an undefined value used, a bad argument.</summary>
    Runtime,

    /// <summary>A bound of <see cref="TemplateLimits"/> was reached.</summary>
    Limit,

    /// <summary>The template itself called <c>raise_exception</c>.</summary>
    Raised,
}

/// <summary>A template failed; the message names the construct, its line and its column.</summary>
public sealed class TemplateException : Exception
{
    internal TemplateException(TemplateErrorKind kind, string reason, Position at)
        : base($"template line {at.Line}, column {at.Column}: {reason}")
    {
        Kind = kind;
        Reason = reason;
        Line = at.Line;
        Column = at.Column;
    }

    /// <summary>Why the template failed.</summary>
    public TemplateErrorKind Kind { get; }

    /// <summary>The message without the place; for <see cref="TemplateErrorKind.Raised"/>, the template's own words.</summary>
    public string Reason { get; }

    /// <summary>The line of the construct that failed, from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the construct that failed, in UTF-16 units from 1.</summary>
    public int Column { get; }
}
