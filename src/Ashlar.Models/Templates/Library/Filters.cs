namespace Ashlar.Models.Templates.Library;

/// <summary>The filters of Jinja 3.1, with the <c>tojson</c> of chat templates.</summary>
internal static class Filters
{
    public static readonly RoutineTable Table = new("filter")
    {
        ValueFilters.Table,
        NumberFilters.Table,
        TextFilters.Table,
        MarkupFilters.Table,
        SequenceFilters.Table,
        SelectionFilters.Table,
        OrderFilters.Table,
        { "random", "", (_, _, budget) =>
            throw budget.Error("filter 'random' is not supported: a prompt must not depend on chance") },
        { "pprint", "", (_, _, budget) => throw budget.Error("filter 'pprint' is not supported; use tojson(indent=2)") },
        { "urlize", "*, **", (_, _, budget) => throw budget.Error("filter 'urlize' is not supported: a prompt is plain text") },
    };
}
