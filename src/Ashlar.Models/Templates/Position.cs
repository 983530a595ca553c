namespace Ashlar.Models.Templates;

/// <summary>A place in a template's source; line and column count from 1.</summary>
internal readonly record struct Position(int Line, int Column);
