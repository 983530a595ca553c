namespace Ashlar.Bench.Report;

/// <summary>
/// A Markdown page with places for figures: each begins with a line <c>&lt;!-- figures: NAME --&gt;</c> and ends with
/// <c>&lt;!-- end of figures --&gt;</c>. What stands between is made by a program, and only by it.
/// </summary>
internal static class ReportPage
{
    private const string Start = "<!-- figures: ", StartEnd = " -->", End = "<!-- end of figures -->";

    /// <summary>Puts figures into their places; places whose figures were not measured stay as they are.</summary>
    /// <param name="page">The page.</param>
    /// <param name="figures">Markdown by the name of its place.</param>
    /// <exception cref="InvalidDataException">A place does not end, or there is none for some figures.</exception>
    public static string Fill(string page, IReadOnlyDictionary<string, string> figures)
    {
        foreach (var (name, markdown) in figures)
        {
            var start = page.IndexOf(Start + name + StartEnd, StringComparison.Ordinal);
            if (start < 0)
            {
                throw new InvalidDataException($"the page has no place for figures '{name}'; add '{Start}{name}{StartEnd}'");
            }

            var from = start + (Start + name + StartEnd).Length;
            var to = page.IndexOf(End, from, StringComparison.Ordinal);
            if (to < 0) throw new InvalidDataException($"the place for figures '{name}' does not end; add '{End}'");
            page = $"{page[..from]}\n{markdown.Trim('\n')}\n{page[to..]}";
        }

        return page;
    }
}
